"""Environments of their own for the local AWS and for the dependencies of the functions.

Both are built once per lock file from hashed requirements and kept in the cache.
"""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from infra.installer import InstallError, install
from infra.local.errors import LocalError
from infra.local.layout import CACHE, REPOSITORY
from infra.local.once import locked

LOCAL_AWS_LOCK = REPOSITORY / "requirements" / "local.txt"
FUNCTIONS_LOCK = REPOSITORY / "requirements" / "lambdas.txt"


def install_local_aws() -> Path:
    """Install the local AWS and return its Python interpreter."""
    return install_environment("local-aws", LOCAL_AWS_LOCK)


def install_environment(name: str, lock: Path) -> Path:
    """Install the packages of `lock` into a separate environment and return its interpreter."""
    folder = _get_folder(name, lock)
    python = folder / "bin" / "python"
    with locked(folder.with_suffix(".lock")):
        if not _is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _make(folder)
            _install(lock, python)
            _mark_complete(folder)
    return python


def install_function_packages(python: Path) -> Path:
    """Install the packages that every function imports and return their folder."""
    folder = _get_folder("functions", FUNCTIONS_LOCK)
    with locked(folder.with_suffix(".lock")):
        if not _is_complete(folder):
            shutil.rmtree(folder, ignore_errors=True)
            _install(FUNCTIONS_LOCK, python, folder)
            _mark_complete(folder)
    return folder


def _get_folder(name: str, lock: Path) -> Path:
    # The name contains the interpreter, because compiled wheels fit only one version of Python.
    key = lock.read_bytes() + sys.version.encode() + sys.base_prefix.encode()
    return CACHE / f"{name}-{hashlib.sha256(key).hexdigest()[:12]}"


def _is_complete(folder: Path) -> bool:
    return (folder / ".complete").exists()


def _mark_complete(folder: Path) -> None:
    """Mark the installation as complete. Without the mark the next start installs again."""
    (folder / ".complete").touch()


def _install(lock: Path, python: Path, folder: Path | None = None) -> None:
    try:
        install(lock, python=python, folder=folder)
    except InstallError as error:
        raise LocalError(
            f"The packages of the local system could not be installed.\n{error}",
            "Check the network and the disk, then start again.",
        ) from error


def _make(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "venv", str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        detail = (done.stderr or done.stdout).strip()[-1500:]
        raise LocalError(
            f"Python cannot make virtual environments here.\n{detail}",
            "On Debian and Ubuntu: apt-get install python3-venv. Then start again.",
        )
