"""Prepare the mirror and print how plain Terraform uses it.

Run as: python -m infra.terraform_offline
"""

import sys

from infra.local.errors import LocalError
from infra.terraform_offline.mirror import prepare


def main() -> int:
    try:
        config = prepare()
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"export TF_CLI_CONFIG_FILE='{config}'\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
