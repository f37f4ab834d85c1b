"""Run npm in the folder of the web page: `python -m infra.local.npm run lint`."""

import os
import subprocess
import sys

from infra.local.errors import LocalError
from infra.local.node import find_node
from infra.local.spa import SOURCES, install_packages


def main(arguments: list[str]) -> int:
    """Install the page's packages, run npm, and return its exit code."""
    try:
        node = find_node()
        install_packages(node)
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    done = subprocess.run([node.npm, *arguments], cwd=SOURCES, env=node.extend(os.environ))
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
