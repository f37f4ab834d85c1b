"""Check the code of the infrastructure: `python -m infra.deploy.check`."""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from infra.deploy.contract import main as check_contract
from infra.deploy.terraform import REPOSITORY, ROOTS, TerraformError, check, open_workspace
from infra.local.errors import LocalError
from infra.local.venv import install_environment

LOCK = REPOSITORY / "requirements/terraform.txt"


def main() -> int:
    """Check contract, format, validity, tests and known weaknesses. Returns 0 if all pass."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    if check_contract(["--check"]):
        return 1
    try:
        with open_workspace() as workspace:
            sys.stdout.write(f"Terraform uses {workspace.source.describe()}.\n")
            workspace.run(".", "fmt", "-check", "-diff", "-recursive", "-no-color")
            # Each of them keeps one core busy.
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                weaknesses = pool.submit(run_checkov)
                for root, output in zip(
                    ROOTS, pool.map(partial(check, workspace), ROOTS), strict=True
                ):
                    sys.stdout.write(f"==> infra/terraform/{root}\n{output}\n")
        return weaknesses.result()
    except (TerraformError, LocalError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def run_checkov() -> int:
    """Search for known weaknesses. checkov.yaml lists the accepted ones."""
    # Its packages conflict with ours, so it has an environment of its own.
    python = install_environment("checkov", LOCK)
    folder = REPOSITORY / "infra/terraform"
    options = ["--config-file", str(folder / "checkov.yaml"), "--directory", str(folder)]
    return subprocess.run([str(python), "-m", "checkov.main", *options]).returncode


if __name__ == "__main__":
    sys.exit(main())
