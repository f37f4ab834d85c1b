"""The bytes of a photo, its kind and its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from spotter_client.errors import PhotoError

DIRECT_MAX_BYTES = 4 * 1024 * 1024
"""A larger photo is sent with a form."""

MAX_BYTES = 20 * 1024 * 1024

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif")

_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heic",
    b"msf1": "image/heic",
}
"""Brands of files in the ISO base media format."""


@dataclass(frozen=True)
class Photo:
    """A photo that can be sent."""

    data: bytes
    content_type: str
    file_name: str | None = None

    @property
    def is_small(self) -> bool:
        """Whether it fits into one request."""
        return len(self.data) <= DIRECT_MAX_BYTES


Source = str | os.PathLike[str] | bytes | Photo
"""A photo's path, its bytes, or what was read."""


def read_photo(source: Source, file_name: str | None = None) -> Photo:
    """Read a photo and look at its first bytes.

    Raises:
        PhotoError: It cannot be read, or the service does not take it.
    """
    if isinstance(source, Photo):
        return source
    if isinstance(source, bytes):
        data, name = source, file_name
    else:
        path = Path(source)
        try:
            data, name = path.read_bytes(), file_name or path.name
        except OSError as error:
            raise PhotoError(f"{path} cannot be read: {error.strerror}.") from error
    if len(data) > MAX_BYTES:
        raise PhotoError(f"{name or 'The photo'} has more than 20 MB. Send a smaller copy.")
    return Photo(data, sniff_content_type(data, name or "The photo"), name)


def sniff_content_type(data: bytes, name: str = "The photo") -> str:
    """The kind of a picture by its first bytes.

    Raises:
        PhotoError: It is of no kind that the service takes.
    """
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp" and data[8:12] in _BRANDS:
        return _BRANDS[data[8:12]]
    raise PhotoError(f"{name} is no JPEG, PNG, WebP, HEIC or AVIF. Convert it to one of them.")
