"""Collects the content of a package in a folder: locked packages, our code and bytecode."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from infra import installer
from infra.installer import InstallError, Platform
from infra.package.errors import PackageError

CORE = ("pipeline/__init__.py", "pipeline/core")
"""The code that every package holds."""


@dataclass(frozen=True)
class Target:
    """The Python and the processor that a package is built for."""

    python_version: str
    platform: Platform | None = None
    """None: this machine."""

    def find_python(self) -> str | None:
        """A Python of this version on this machine, or None."""
        name = f"python{self.python_version}"
        known = shutil.which(name)
        # Version managers install one version beside the other.
        beside = Path(sys.base_prefix).parent.glob(f"*{self.python_version}*/bin/{name}")
        candidates = [sys.executable] if self is HERE else [*([known] if known else []), *beside]
        for python in map(str, candidates):
            # A version manager may have a command of this name without the version behind it.
            if subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
                return python
        return None


AWS = Target("3.13", Platform("3.13", "aarch64", glibc=34))
"""Lambda's python3.13 and Amazon Linux 2023, both on Graviton processors."""

HERE = Target(f"{sys.version_info[0]}.{sys.version_info[1]}")
"""The Python that runs this code."""


def install(lock: Path, folder: Path, target: Target = AWS) -> None:
    """Install the packages of a lock into `folder`.

    Raises:
        PackageError: A package could not be fetched or has another hash.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        chosen = Path(temporary) / lock.name
        chosen.write_text(choose_packages(lock.read_text("utf-8"), target), "utf-8")
        try:
            installer.install(chosen, folder=folder, platform=target.platform)
        except InstallError as error:
            raise PackageError(
                f"The packages of {lock.name} could not be installed. Check the network and try"
                f" again. The installer said:\n{error}"
            ) from error
    shutil.rmtree(folder / "bin", ignore_errors=True)  # Scripts with the path of our interpreter
    (folder / ".lock").unlink(missing_ok=True)


def choose_packages(lock: str, target: Target) -> str:
    """The rows of a lock that hold for `target`, without their markers."""
    environment = _describe(target)
    rows = re.split(r"^(?=[\w])", lock, flags=re.MULTILINE)
    return "".join(_choose(row, environment) for row in rows[1:])


def _choose(row: str, environment: dict[str, str]) -> str:
    """The row without its marker, or nothing if the marker does not hold."""
    head, _, hashes = row.partition("--hash=")
    head = head.rstrip(" \\\n")
    marker = Requirement(head).marker
    if marker and not marker.evaluate(environment):
        return ""
    return f"{head.partition(';')[0].strip()} --hash={hashes}"


def _describe(target: Target) -> dict[str, str]:
    """What a marker may ask about `target`."""
    if target.platform is None:
        return {}
    version = target.python_version
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{version}.0",
        "os_name": "posix",
        "platform_machine": target.platform.machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{version}.0",
        "python_version": version,
        "sys_platform": "linux",
    }


def copy_code(paths: Iterable[str], source: Path, folder: Path) -> None:
    """Copy files and folders from `source` to `folder`, without bytecode."""
    for path in paths:
        original, copy = source / path, folder / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if original.is_dir():
            shutil.copytree(original, copy, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(original, copy)


def compile_code(folder: Path, target: Target = AWS) -> None:
    """Add bytecode that Python never compares with the source; it halves the time of imports.

    Bytecode fits one version of Python only. If this machine does not have that version, the
    package works without bytecode.
    """
    python = target.find_python()
    if python is None:
        sys.stderr.write(
            f"python{target.python_version} is not installed here, so the package has no bytecode"
            " and cold starts take longer. Install it to build the complete package.\n"
        )
        return
    mode = ["--invalidation-mode", "unchecked-hash", "-qq", "-s", str(folder)]
    # Some packages hold templates with the suffix .py that are not Python. compileall skips them.
    subprocess.run([python, "-m", "compileall", *mode, str(folder)])
