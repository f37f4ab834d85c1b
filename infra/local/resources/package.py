"""The code package of the functions: one archive for all of them."""

import base64
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.local.layout import REPOSITORY

CODE = ("pipeline/__init__.py", "pipeline/core", "pipeline/lambdas")
# Archives with equal files must be equal: the hash says whether anything changed.
FIXED_TIME = (1980, 1, 1, 0, 0, 0)


def build_package(repository: Path = REPOSITORY) -> bytes:
    """A zip archive of our own code that the functions need."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(_find_files(repository)):
            info = zipfile.ZipInfo(path.relative_to(repository).as_posix(), FIXED_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return buffer.getvalue()


def compute_sha256(package: bytes) -> str:
    """The hash of a package as Lambda shows it."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def _find_files(repository: Path) -> Iterator[Path]:
    for name in CODE:
        path = repository / name
        for file in [path] if path.is_file() else path.rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file
