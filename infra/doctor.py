"""The table of `make test`, and the versions of what matters: paste it into a bug report.

It works before anything is installed, so it imports the standard library only.

Run as: python -m infra.doctor
"""

import importlib.metadata
import os
import platform
import subprocess
import sys

from infra.local.layout import REPOSITORY
from infra.local.node import find_installed_node
from infra.local.preflight import build_table, find_missing, look

PACKAGES = (
    "boto3",
    "django",
    "numpy",
    "onnxruntime",
    "opencv-python-headless",
    "playwright",
    "pydantic",
    "pynamodb",
    "pytest",
)


def describe_versions() -> list[tuple[str, str]]:
    """Name and version of the machine, the checkout and its packages."""
    node = find_installed_node()
    return [
        ("System", platform.platform()),
        ("Cores", str(os.cpu_count())),
        ("Commit", run("git", "-C", str(REPOSITORY), "describe", "--always", "--dirty")),
        ("pip", run(sys.executable, "-m", "pip", "--version").partition(" from")[0]),
        ("Node.js", run(str(node.folder / "node"), "--version") if node else "not installed"),
        *((name, get_version(name)) for name in PACKAGES),
    ]


def run(*command: str) -> str:
    """The first line that it prints."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return next(iter(done.stdout.splitlines()), "unknown")


def get_version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def main() -> int:
    findings = look("test")
    rows = [f"  {name:<24}{version}" for name, version in describe_versions()]
    sys.stdout.write("\n".join([build_table(findings), "", *rows]) + "\n")
    return 1 if find_missing(findings) else 0


if __name__ == "__main__":
    sys.exit(main())
