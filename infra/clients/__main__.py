"""Write the generated files of the Python client, or check them: `python -m infra.clients`.

`models.py` comes from docs/api/openapi.json. `_sync` comes from `_async`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from infra.clients.generate import PACKAGE, generate, list_differences
from infra.local.console import show_error
from infra.local.errors import LocalError


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.clients", description=__doc__)
    parser.add_argument("--check", action="store_true", help="only say what would change")
    arguments = parser.parse_args()
    try:
        if not arguments.check:
            generate(PACKAGE)
            return 0
        with tempfile.TemporaryDirectory(prefix="spotter-") as folder:
            generate(Path(folder))
            differences = list_differences(Path(folder))
    except LocalError as error:
        show_error(Console(stderr=True), error)
        return 1
    for name in differences:
        sys.stderr.write(f"{PACKAGE / name} is not what its source says. Run: make openapi\n")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
