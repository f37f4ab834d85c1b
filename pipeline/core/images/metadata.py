"""The orientation and colour space in a picture's EXIF and XMP blocks.

A damaged block is no reason to refuse a picture: it counts as missing.

EXIF: https://www.cipa.jp/std/documents/download_e.html?DC-008-Translation-2023-E
XMP: https://developer.adobe.com/xmp/docs/XMPSpecifications/
"""

import re
import struct
from collections.abc import Iterator

EXIF_PREFIX = b"Exif\0\0"

UPRIGHT = 1
"""The EXIF orientation of a picture that is stored as it is seen."""

_ORIENTATION, _EXIF_DIRECTORY, _COLOUR_SPACE, _INTEROP_DIRECTORY = 0x0112, 0x8769, 0xA001, 0xA005
_INTEROP_INDEX = 0x0001
_ADOBE_RGB = 2
_UNCALIBRATED = 0xFFFF
_SHORT, _LONG = 3, 4
_FIRST_DIRECTORY = 8  # Behind the header of a TIFF

_MAX_ENTRIES = 1_000
_MAX_XMP_BYTES = 64 * 1024  # Orientation stands at the start; the rest may be megabytes of history
_XMP_ORIENTATION = re.compile(rb"tiff:Orientation\s*(?:=\s*[\"']|>)\s*([1-8])\s*[\"'<]")

# By TIFF field type. Cameras write numbers of all three sizes where the standard asks for SHORT.
_NUMBERS = {1: "B", 3: "H", 4: "I"}


def read_orientation(exif: bytes, xmp: bytes) -> int:
    """Tell how the stored pixels must be turned, 1 to 8.

    XMP counts only where EXIF says nothing, as in photo applications.
    """
    for tag, value in _walk(exif, 0):
        if tag == _ORIENTATION and 1 <= value <= 8:
            return value
    found = _XMP_ORIENTATION.search(xmp, 0, _MAX_XMP_BYTES)
    return int(found[1]) if found else UPRIGHT


def build_exif(orientation: int, *, adobe_rgb: bool = False) -> bytes:
    """An EXIF block that says no more than this, without its prefix. Empty if that is nothing."""
    entries = []
    if orientation != UPRIGHT:
        entries.append(struct.pack("<HHIHH", _ORIENTATION, _SHORT, 1, orientation, 0))
    if adobe_rgb:
        directory_at = _FIRST_DIRECTORY + 2 + 12 * (len(entries) + 1) + 4
        entries.append(struct.pack("<HHII", _EXIF_DIRECTORY, _LONG, 1, directory_at))
    if not entries:
        return b""
    colour_space = struct.pack("<HHHIHH", 1, _COLOUR_SPACE, _SHORT, 1, _ADOBE_RGB, 0) + bytes(4)
    return b"".join(
        [
            struct.pack("<2sHIH", b"II", 42, _FIRST_DIRECTORY, len(entries)),
            *entries,
            bytes(4),
            colour_space if adobe_rgb else b"",
        ]
    )


def is_adobe_rgb(exif: bytes) -> bool:
    """Whether EXIF names Adobe RGB, as cameras do that write no profile.

    The standard's way is "uncalibrated" with the interoperability index R03. Only the first entry
    of each kind counts: directories that name each other many times would take hours.
    """
    directory = _find(exif, 0, _EXIF_DIRECTORY)
    if directory is None:
        return False
    space = _find(exif, directory, _COLOUR_SPACE)
    if space != _UNCALIBRATED:
        return space == _ADOBE_RGB
    interop = _find(exif, directory, _INTEROP_DIRECTORY)
    index = None if interop is None else _find(exif, interop, _INTEROP_INDEX, raw=True)
    return index is not None and b"R03" in index.to_bytes(4, "big")


def _find(exif: bytes, directory: int, wanted: int, *, raw: bool = False) -> int | None:
    return next((value for tag, value in _walk(exif, directory, raw=raw) if tag == wanted), None)


def _walk(exif: bytes, directory: int, *, raw: bool = False) -> Iterator[tuple[int, int]]:
    """Yield tag and number of each entry of one directory.

    Args:
        exif: The block, with or without its prefix.
        directory: Position of the directory; 0 for the first.
        raw: Yield the four bytes of the value unchanged for every type.
    """
    tiff = exif.removeprefix(EXIF_PREFIX)
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(tiff[:4])
    if order is None:
        return
    try:
        at = directory or struct.unpack_from(order + "I", tiff, 4)[0]
        (count,) = struct.unpack_from(order + "H", tiff, at)
        for entry in range(at + 2, at + 2 + 12 * min(count, _MAX_ENTRIES), 12):
            tag, kind = struct.unpack_from(order + "HH", tiff, entry)
            if raw:
                yield tag, struct.unpack_from(">I", tiff, entry + 8)[0]
            elif kind in _NUMBERS:
                yield tag, struct.unpack_from(order + _NUMBERS[kind], tiff, entry + 8)[0]
    except struct.error:
        return  # The block is cut off
