"""JPEG: https://www.w3.org/Graphics/JPEG/itu-t81.pdf"""

import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.core.errors import ImageTooComplexError, UnreadableImageError
from pipeline.core.images.metadata import EXIF_PREFIX, is_adobe_rgb
from pipeline.core.images.stored import MAX_PARTS, Colour, StoredPicture

SIGNATURE = b"\xff\xd8\xff"
END_MARK = b"\xff\xd9"

# Start of frame, all coding processes: C4, C8 and CC between them mean something else
_SOF_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
START_OF_SCAN, _END_OF_IMAGE, _APP1, _APP2 = 0xDA, 0xD9, 0xE1, 0xE2
_BARE_MARKERS = frozenset({0x01, *range(0xD0, 0xD9)})  # They carry no length

# In a scan's data, 0xFF is followed by 0 or a restart marker. Damage may put anything there, so
# only the markers that can follow a scan end it.
_AFTER_SCAN = re.compile(rb"\xff[\xc0-\xcf\xd9-\xdf\xe0-\xef\xfe]")
_ANY_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")

_COEFFICIENTS = 64  # In a block

_MAX_SCANS = 100
"""Most scans of one picture of any size. Encoders write up to a few tens."""

_UNMARKED_DECODES = 3
"""A picture without an end mark is decoded three times, to see whether it is complete."""

_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
ICC_PREFIX = b"ICC_PROFILE\0"

# x and y of white (D65), red, green and blue; https://www.adobe.com/digitalimag/pdfs/AdobeRGB1998.pdf
ADOBE_RGB = Colour(
    gamma=1 / 2.19921875,
    chromaticities=(0.3127, 0.3290, 0.64, 0.33, 0.21, 0.71, 0.15, 0.06),
)


@dataclass
class _Found:
    """The content of the segments read so far."""

    size: tuple[int, int] | None = None
    is_progressive: bool = False
    components: int = 3
    component_ids: bytes = b""
    exact: set[tuple[int, int]] = field(default_factory=set)
    """Component and coefficient of which a scan has brought the last bit."""

    scans: int = 0
    pixels_end: int = 0
    end: int | None = None
    exif: bytes = b""
    xmp: bytes = b""
    profile_parts: dict[int, bytes] = field(default_factory=dict)


def read(data: bytes) -> StoredPicture:
    """Walk the segments and scans up to the end of the first picture.

    Raises:
        ImageTooComplexError: More than `_MAX_SCANS` scans.
        UnreadableImageError: No frame comes.
    """
    found = _Found()
    for marker, at, length in _walk(data, found):
        _note(data, found, marker, at, length)
    if found.size is None:
        raise UnreadableImageError
    icc = b"".join(part for _, part in sorted(found.profile_parts.items()))
    untagged = ADOBE_RGB if is_adobe_rgb(found.exif) else Colour()
    width, height = found.size
    scans = max(1, found.scans) if found.is_progressive else 1
    return StoredPicture(
        width=width,
        height=height,
        end=found.end or len(data),
        is_terminated=found.end is not None,
        pixels_end=found.pixels_end,
        has_all_scans=all(
            (component, coefficient) in found.exact
            for component in found.component_ids
            for coefficient in range(_COEFFICIENTS)
        ),
        exif=found.exif,
        xmp=found.xmp,
        colour=Colour(icc=icc) if icc else untagged,
        passes=scans if found.end else _UNMARKED_DECODES * scans,
        components=found.components,
    )


def list_segments(data: bytes) -> tuple[list[tuple[int, int, int]], int]:
    """List marker, position of the length field, and length of each segment of the picture.

    Returns:
        The segments, and where the picture ends.
    """
    found = _Found()
    segments = list(_walk(data, found))
    return segments, found.end or len(data)


def _walk(data: bytes, found: _Found) -> Iterator[tuple[int, int, int]]:
    """Yield marker, position of the length field, and length of each segment.

    Notes in `found` where the picture and its last scan end.
    """
    at = 2
    for _ in range(MAX_PARTS):
        at = data.find(b"\xff", at)  # Decoders skip stray bytes between segments, so we do
        if at < 0 or at + 1 >= len(data):
            return
        marker = data[at + 1]
        if marker in (0x00, 0xFF):  # Not a marker, or a fill byte
            at += 1
        elif marker == _END_OF_IMAGE:
            found.end = at + 2
            return
        elif marker in _BARE_MARKERS:
            at += 2
        else:
            if at + 4 > len(data):
                return
            (length,) = struct.unpack_from(">H", data, at + 2)
            yield marker, at + 2, length
            at += 2 + length
            if marker == START_OF_SCAN:
                at = _skip_scan(data, at, found)


def _note(data: bytes, found: _Found, marker: int, at: int, length: int) -> None:
    if marker in _SOF_MARKERS and found.size is None:
        height, width, components = struct.unpack_from(">HHB", data, at + 3)
        found.size, found.components = (width, height), components
        found.is_progressive = marker in _PROGRESSIVE
        found.component_ids = data[at + 8 : at + 8 + 3 * components : 3]
    elif marker == START_OF_SCAN and _is_scan(data, at, length):
        found.scans += 1
        if found.scans > _MAX_SCANS:
            raise ImageTooComplexError
        found.pixels_end = 0  # Known when the scan's data was walked
        _note_scan(data, found, at)
    elif marker == _APP1 and not found.exif and data.startswith(EXIF_PREFIX, at + 2):
        found.exif = data[at + 2 : at + length]
    elif marker == _APP1 and not found.xmp and data.startswith(_XMP_PREFIX, at + 2):
        found.xmp = data[at + 2 + len(_XMP_PREFIX) : at + length]
    elif marker == _APP2 and data.startswith(ICC_PREFIX, at + 2):
        number_at = at + 2 + len(ICC_PREFIX)
        found.profile_parts.setdefault(data[number_at], data[number_at + 2 : at + length])


def _note_scan(data: bytes, found: _Found, at: int) -> None:
    """Note which coefficients are complete: those that the scan sends down to the last bit."""
    count = data[at + 2]
    first, last, bits = struct.unpack_from(">BBB", data, at + 3 + 2 * count)
    if not bits & 15:
        found.exact.update(
            (component, coefficient)
            for component in data[at + 3 : at + 3 + 2 * count : 2]
            for coefficient in range(first, min(last + 1, _COEFFICIENTS))
        )


def _skip_scan(data: bytes, at: int, found: _Found) -> int:
    """Find the marker that follows a scan's data, or the end of the file."""
    marker = _ANY_MARKER.search(data, at)
    if marker and not found.pixels_end:
        found.pixels_end = marker.start()
    following = marker and _AFTER_SCAN.search(data, marker.start())
    found.pixels_end = found.pixels_end or len(data)
    return following.start() if following else len(data)


def _is_scan(data: bytes, at: int, length: int) -> bool:
    """Tell a scan's header from bytes that look like its marker."""
    components = data[at + 2] if at + 2 < len(data) else 0
    return 1 <= components <= 4 and length == 6 + 2 * components
