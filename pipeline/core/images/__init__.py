"""The pictures that we accept, and what a file says about its picture without decoding it.

Pure Python and bounded, so that an API function can refuse a picture early and a worker never
hands a decompression bomb to a decoder. Every length in a file is a claim. A file that promises
more bytes than it has is an error of the picture, never of ours.

Each format has its own module. A module walks the file's structure and stops where the picture
ends, because phones append films and raw sensor data behind it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pipeline.core.errors import (
    EmptyImageError,
    HeicNotAcceptedError,
    ImageTooComplexError,
    ImageTooLargeError,
    ImageTooSmallError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import heif, jpeg, png, webp
from pipeline.core.images.metadata import read_orientation
from pipeline.core.images.stored import Colour, StoredPicture

MAX_BYTES = 20 * 1024 * 1024
DIRECT_MAX_BYTES = 4 * 1024 * 1024
"""Largest picture in a request itself. API Gateway and Lambda carry no more, including base64."""

MAX_PIXELS = 50_000_000
MIN_SIDE_PX = 32

MAX_PASS_PIXELS = 600_000_000
"""Pixels times passes over them. A progressive JPEG costs one pass for each scan: 300 KB can hold
100 scans of 50 megapixels, which keep a core busy for seconds."""

MAX_DECODED_BYTES = 200_000_000
"""Most bytes of decoded pixels: 50 megapixels of four 8-bit channels."""

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
HEIC, AVIF = heif.HEIC, heif.AVIF
CONTENT_TYPES = (JPEG, PNG, WEBP, HEIC, AVIF)

CONTENT_TYPE_ALIASES = {
    "image/jpg": JPEG,
    "image/pjpeg": JPEG,
    "image/x-png": PNG,
    "image/heif": HEIC,
}


@dataclass(frozen=True)
class ImageHeader:
    """What a file says about its picture."""

    content_type: str
    width: int  # Pixels of the upright picture, as a person sees it
    height: int
    orientation: int  # EXIF's 1 to 8: how the stored pixels must be turned to be upright
    stored: StoredPicture

    @property
    def work_pixels(self) -> int:
        """Pixels times the decoder's passes over them: about what opening the picture costs."""
        return self.width * self.height * self.stored.passes

    @property
    def colour(self) -> Colour:
        """How the stored numbers become colours."""
        return self.stored.colour


def normalize_content_type(value: str) -> str:
    """Bring a Content-Type to the name that we use: no parameters, small letters, no alias."""
    name = value.split(";")[0].strip().lower()
    return CONTENT_TYPE_ALIASES.get(name, name)


DAMAGE = (struct.error, LookupError, StopIteration, ValueError)
"""What code that walks a file raises where the file is damaged or cut off."""


def check_accepted(content_type: str, *, accept_heic: bool) -> None:
    """Refuse HEIC where the operator has turned it off.

    Raises:
        HeicNotAcceptedError: It is a HEIC.
    """
    if content_type == HEIC and not accept_heic:
        raise HeicNotAcceptedError


def read_header(data: bytes) -> ImageHeader:
    """Check a picture against the published limits, without decoding it.

    Raises:
        EmptyImageError: There are no bytes.
        ImageTooLargeError: More than `MAX_BYTES`.
        UnsupportedFormatError: The bytes are not one of `CONTENT_TYPES`.
        UnreadableImageError: The header is damaged or cut off.
        AnimatedImageError: More than one frame.
        SeveralPicturesError: Viewers disagree about which picture to show.
        TooManyPixelsError: More than `MAX_PIXELS`.
        ImageTooComplexError: More work or memory than `MAX_PASS_PIXELS`, `MAX_DECODED_BYTES`.
        ImageTooSmallError: A side is shorter than `MIN_SIDE_PX`.
    """
    if not data:
        raise EmptyImageError
    if len(data) > MAX_BYTES:
        raise ImageTooLargeError
    try:
        content_type, stored = _read(data)
    except DAMAGE as error:
        raise UnreadableImageError from error
    _check_size(stored)
    orientation = stored.orientation or read_orientation(stored.exif, stored.xmp)
    width, height = stored.width, stored.height
    if orientation >= 5:  # A quarter turn, or a mirrored one
        width, height = height, width
    return ImageHeader(content_type, width, height, orientation, stored)


def _read(data: bytes) -> tuple[str, StoredPicture]:
    if data.startswith(jpeg.SIGNATURE):
        return JPEG, jpeg.read(data)
    if data.startswith(png.SIGNATURE):
        return PNG, png.read(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP, webp.read(data)
    if heif.is_heif(data):
        return heif.read(data)
    raise UnsupportedFormatError


def _check_size(stored: StoredPicture) -> None:
    pixels = stored.width * stored.height
    if pixels > MAX_PIXELS:
        raise TooManyPixelsError
    if pixels == 0:
        raise UnreadableImageError
    if pixels * stored.passes > MAX_PASS_PIXELS:
        raise ImageTooComplexError
    if pixels * stored.bytes_per_pixel > MAX_DECODED_BYTES:
        raise ImageTooComplexError
    if min(stored.width, stored.height) < MIN_SIDE_PX:
        raise ImageTooSmallError
