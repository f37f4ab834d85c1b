"""What pictures we accept, and a look at their headers without decoding them.

Pure Python and bounded, so that an API function can refuse a picture early and a worker never
hands a decompression bomb to a decoder. Every length in a file is a claim: reading past the
end is an error of the picture, never of ours.

JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf
PNG: https://www.w3.org/TR/png-3/
WebP: https://www.rfc-editor.org/rfc/rfc9649
EXIF orientation: https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.errors import (
    AnimatedImageError,
    EmptyImageError,
    ImageTooLargeError,
    ImageTooSmallError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)

MAX_BYTES = 20 * 1024 * 1024
DIRECT_MAX_BYTES = 4 * 1024 * 1024
"""Of a picture in the request itself: API Gateway and Lambda carry no more, base64 counted."""

MAX_PIXELS = 50_000_000
MIN_SIDE_PX = 32

JPEG, PNG, WEBP = "image/jpeg", "image/png", "image/webp"
CONTENT_TYPES = (JPEG, PNG, WEBP)

UPRIGHT = 1
"""The EXIF orientation of a picture that is stored as it is seen."""

_MAX_PARTS = 50_000
"""Segments or chunks of one file that we walk: 20 MB in PNG's usual pieces of 8 KB are 2,560."""

_MAX_SCANS = 100
"""Of a progressive JPEG; encoders write up to a few tens. Each costs a pass over the whole picture:
without a limit 20 MB keep a decoder busy for hours."""

_EXIF_PREFIX = b"Exif\0\0"
_ORIENTATION_TAG = 0x0112
_SHORT = 3  # A TIFF field of 16-bit numbers

# Start of frame, all coding processes: C4, C8 and CC between them mean something else
_SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _END_OF_IMAGE, _APP1 = 0xDA, 0xD9, 0xE1
_SCAN = bytes([0xFF, _START_OF_SCAN])
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})  # They carry no length

_WEBP_ANIMATION_FLAG = 0x02


@dataclass(frozen=True)
class ImageHeader:
    """What a picture says about itself."""

    content_type: str
    width: int  # Pixels of the upright picture, as a person sees it
    height: int
    orientation: int  # EXIF's 1 to 8: how the stored pixels must be turned to be upright


def read_header(data: bytes) -> ImageHeader:
    """Check a picture against the published limits, without decoding it.

    Raises:
        EmptyImageError: There are no bytes.
        ImageTooLargeError: More than `MAX_BYTES`.
        UnsupportedFormatError: Not JPEG, PNG or WebP, whatever its name says.
        UnreadableImageError: The header is damaged or cut off.
        AnimatedImageError: More than one frame.
        TooManyPixelsError: More than `MAX_PIXELS`.
        ImageTooSmallError: A side is shorter than `MIN_SIDE_PX`.
    """
    if not data:
        raise EmptyImageError
    if len(data) > MAX_BYTES:
        raise ImageTooLargeError
    content_type = _sniff(data)
    try:
        width, height, exif = _READERS[content_type](data)
    except (struct.error, IndexError) as error:
        raise UnreadableImageError from error
    _check_size(width, height)
    orientation = _read_orientation(exif)
    if orientation >= 5:  # A quarter turn, or a mirrored one
        width, height = height, width
    return ImageHeader(content_type, width, height, orientation)


def _sniff(data: bytes) -> str:
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    raise UnsupportedFormatError


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise TooManyPixelsError
    if width == 0 or height == 0:
        raise UnreadableImageError
    if min(width, height) < MIN_SIDE_PX:
        raise ImageTooSmallError


def _read_jpeg(data: bytes) -> tuple[int, int, bytes]:
    """Look for frame size and EXIF before the first scan.

    Returns:
        Width and height as stored, and the EXIF block (empty if there is none).
    """
    size, exif = None, b""
    for marker, at, length in _walk_jpeg(data):
        if marker in _SOF_MARKERS and size is None:
            height, width = struct.unpack_from(">HH", data, at + 3)
            size = width, height
        elif marker == _APP1 and not exif and data.startswith(_EXIF_PREFIX, at + 2):
            exif = data[at + 2 : at + length]
    # In the data of a scan every 0xFF is followed by a zero, so these are scans or in thumbnails.
    if size is None or data.count(_SCAN) > _MAX_SCANS:
        raise UnreadableImageError
    return *size, exif


def _walk_jpeg(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, position of the length field, and length of each segment before the scan."""
    at = 2
    for _ in range(_MAX_PARTS):
        at = data.find(b"\xff", at)  # Decoders skip stray bytes between segments, so we do
        if at < 0 or data[at + 1] in (_START_OF_SCAN, _END_OF_IMAGE):
            return
        marker = data[at + 1]
        if marker in (0x00, 0xFF):  # Not a marker, or a fill byte
            at += 1
        elif marker in _BARE_MARKERS:
            at += 2
        else:
            (length,) = struct.unpack_from(">H", data, at + 2)
            yield marker, at + 2, length
            at += 2 + length


def _read_png(data: bytes) -> tuple[int, int, bytes]:
    """Walk all chunks, because EXIF may come after the pixels.

    Returns:
        Width and height as stored, and the EXIF block (empty if there is none).
    """
    length, kind, width, height = struct.unpack_from(">I4sII", data, 8)
    if kind != b"IHDR" or length != 13:
        raise UnreadableImageError
    exif, at = b"", 8 + 12 + 13
    for _ in range(_MAX_PARTS):
        if at + 8 > len(data):
            break  # Cut off. The size is known: whether the pixels are there, the decoder tells
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind == b"acTL" and struct.unpack_from(">I", data, at + 8)[0] > 1:
            raise AnimatedImageError
        if kind == b"eXIf" and not exif:
            exif = data[at + 8 : at + 8 + length]
        if kind == b"IEND":
            break
        at += 12 + length
    return width, height, exif


def _read_webp(data: bytes) -> tuple[int, int, bytes]:
    """Read the first chunk, which has the size, and walk the rest of an extended file for EXIF.

    Returns:
        Width and height as stored, and the EXIF block (empty if there is none).
    """
    kind = data[12:16]
    if kind == b"VP8 ":
        start_code, width, height = struct.unpack_from("<3sHH", data, 23)
        if start_code != b"\x9d\x01\x2a":
            raise UnreadableImageError
        return width & 0x3FFF, height & 0x3FFF, b""  # The upper two bits scale the display
    if kind == b"VP8L":
        signature, bits = struct.unpack_from("<BI", data, 20)
        if signature != 0x2F:
            raise UnreadableImageError
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, b""
    if kind == b"VP8X":
        if data[20] & _WEBP_ANIMATION_FLAG:
            raise AnimatedImageError
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        return width, height, _find_webp_exif(data)
    raise UnreadableImageError


def _find_webp_exif(data: bytes) -> bytes:
    at = 12
    for _ in range(_MAX_PARTS):
        if at + 8 > len(data):
            break
        kind, length = struct.unpack_from("<4sI", data, at)
        if kind == b"EXIF":
            return data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
    return b""


_READERS = {JPEG: _read_jpeg, PNG: _read_png, WEBP: _read_webp}


def _read_orientation(exif: bytes) -> int:
    """Find the orientation in an EXIF block; a damaged block is no reason to refuse a picture."""
    tiff = exif.removeprefix(_EXIF_PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return UPRIGHT
    try:
        (at,) = struct.unpack_from(order + "I", tiff, 4)
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind, _, value = struct.unpack_from(order + "HHIH", tiff, entry)
            if tag == _ORIENTATION_TAG:
                return value if kind == _SHORT and 1 <= value <= 8 else UPRIGHT
    except struct.error:
        pass  # Cut off: as good as no EXIF
    return UPRIGHT
