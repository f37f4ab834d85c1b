"""Runs the tools of the audit, which have an environment of their own, and npm."""

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from infra.local.layout import REPOSITORY
from infra.local.node import find_node
from infra.local.spa import SOURCES, install_packages
from infra.local.venv import install_environment

REQUIREMENTS = REPOSITORY / "requirements"
SHIPPED = ("lambdas", "portal", "worker")
"""The locks of the Python code on AWS. npm audits the page."""


def run_tool(arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Run a module in the audit's environment."""
    python = install_environment("audit", REQUIREMENTS / "audit.txt")
    return _run([str(python), "-m", *arguments], REPOSITORY)


def run_npm(arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
    """Run npm on the page's packages."""
    node = find_node()
    install_packages(node)
    return _run([node.npm, *arguments], SOURCES, node.extend(os.environ))


def find_locks(names: Iterable[str]) -> list[Path]:
    """The lock files with these names."""
    return [REQUIREMENTS / f"{name}.txt" for name in names]


def complain(done: subprocess.CompletedProcess[str]) -> None:
    """Print the whole output of a tool."""
    sys.stderr.write(done.stdout + done.stderr)


def _run(
    command: list[str], folder: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
