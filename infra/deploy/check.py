"""Everything that is checked of the infrastructure: `python -m infra.deploy.check`."""

import subprocess
import sys
import venv
from pathlib import Path

from infra.deploy.contract import main as check_contract
from infra.deploy.terraform import REPOSITORY, ROOTS, TerraformError, check, open_workspace

CHECKOV = REPOSITORY / ".cache/checkov"
LOCK = REPOSITORY / "requirements/terraform.txt"


def main() -> int:
    """Contract with the code, format, validity, tests, known weaknesses; 0 if all is well."""
    if check_contract(["--check"]):
        return 1
    try:
        with open_workspace() as workspace:
            workspace.run(".", "fmt", "-check", "-diff", "-recursive", "-no-color")
            for root in ROOTS:
                sys.stdout.write(f"==> infra/terraform/{root}\n{check(workspace, root)}\n")
    except TerraformError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return run_checkov()


def run_checkov() -> int:
    """Look for known weaknesses; checkov.yaml says which we accept."""
    checkov = _install_checkov()
    folder = REPOSITORY / "infra/terraform"
    config = folder / "checkov.yaml"
    done = subprocess.run([checkov, "--config-file", config, "--directory", folder])
    return done.returncode


def _install_checkov() -> Path:
    """Its packages do not get along with ours, so it has an environment of its own."""
    stamp = CHECKOV / "lock.txt"
    if not stamp.exists() or stamp.read_text() != LOCK.read_text():
        venv.create(CHECKOV, clear=True, with_pip=True)
        pip = [str(CHECKOV / "bin/python"), "-m", "pip", "--disable-pip-version-check"]
        install = ["install", "--quiet", "--require-hashes", "--requirement", str(LOCK)]
        subprocess.run([*pip, *install], check=True)
        stamp.write_text(LOCK.read_text())
    return CHECKOV / "bin/checkov"


if __name__ == "__main__":
    sys.exit(main())
