"""The output of `make doctor`, for bug reports."""

import subprocess
import sys

from infra.local.layout import REPOSITORY


def test_the_doctor_prints_the_table_and_the_versions() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.doctor"],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )

    first_words = [line.split()[0] for line in done.stdout.splitlines() if line.startswith("  ")]
    assert {"Python", "Terraform", "Disk", "System", "Commit", "boto3", "pytest"} <= {*first_words}
    assert "not installed" not in done.stdout
