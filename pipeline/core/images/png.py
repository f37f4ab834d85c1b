"""PNG, animated ones included: https://www.w3.org/TR/png-3/"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.core.errors import (
    AnimatedImageError,
    SeveralPicturesError,
    UnreadableImageError,
)
from pipeline.core.images.stored import MAX_PARTS, Colour, StoredPicture

SIGNATURE = b"\x89PNG\r\n\x1a\n"

PIXEL_CHUNKS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
"""All that the pixels need. Every other chunk may be damaged or of any size."""

_CHANNELS = {0: 1, 2: 3, 3: 4, 4: 4, 6: 4}
"""Channels of the decoded picture by colour type. Grey with alpha becomes BGRA."""
_HEADER_END = len(SIGNATURE) + 8 + 13
"""Signature, then length and kind of the first chunk, then its payload."""
_MAX_PROFILE_BYTES = 4 * 1024 * 1024
_XMP_KEYWORD = b"XML:com.adobe.xmp\0\0\0"  # Not compressed


@dataclass
class _Found:
    """The content of the chunks read so far."""

    exif: bytes = b""
    xmp: bytes = b""
    colour: dict[bytes, bytes] = field(default_factory=dict)
    end: int | None = None
    has_transparent_colour: bool = False
    announces_animation: bool = False
    frames: int = 0
    has_pixels: bool = False
    first_picture_is_frame: bool = True


def read(data: bytes) -> StoredPicture:
    """Walk all chunks, because EXIF may come after the pixels.

    Raises:
        AnimatedImageError: The animation has more than one frame.
        SeveralPicturesError: The animation's only frame is not the first picture.
        UnreadableImageError: The first chunk is not a whole header.
    """
    length, kind, width, height, depth, colour_type = struct.unpack_from(">I4sIIBB", data, 8)
    if kind != b"IHDR" or length != 13 or len(data) < _HEADER_END:
        raise UnreadableImageError
    found = _Found()
    for kind, at, length in walk(data):
        _note(data, found, kind, at, length)
    if found.announces_animation and found.frames:
        if found.frames > 1:
            raise AnimatedImageError
        if not found.first_picture_is_frame:
            raise SeveralPicturesError
    channels = 4 if found.has_transparent_colour else _CHANNELS.get(colour_type, 4)
    return StoredPicture(
        width=width,
        height=height,
        end=found.end or len(data),
        is_terminated=found.end is not None,
        exif=found.exif,
        xmp=found.xmp,
        colour=_read_colour(found.colour),
        bytes_per_pixel=channels * (2 if depth == 16 else 1),
    )


def walk(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, position of the payload, and length of each chunk up to the end mark.

    The last chunk's length may go past the end of a file that is cut off.
    """
    at = len(SIGNATURE)
    for _ in range(MAX_PARTS):
        if at + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at + 8, length
        if kind == b"IEND":
            return
        at += 12 + length


def _note(data: bytes, found: _Found, kind: bytes, at: int, length: int) -> None:
    payload = slice(at, at + length)
    if kind == b"IDAT":
        found.has_pixels = True
    elif kind == b"tRNS":
        found.has_transparent_colour = length == 6
    elif kind == b"IEND":
        found.end = min(at + 4, len(data))
    elif kind in (b"acTL", b"fcTL"):
        _note_animation(found, kind)
    elif kind == b"eXIf":
        found.exif = found.exif or data[payload]
    elif kind == b"iTXt" and data.startswith(_XMP_KEYWORD, at):
        found.xmp = found.xmp or data[at + len(_XMP_KEYWORD) : at + length]
    elif kind in (b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM"):
        found.colour.setdefault(kind, data[payload])


def _note_animation(found: _Found, kind: bytes) -> None:
    if kind == b"acTL":
        # After the pixels it announces nothing: viewers ignore it there.
        found.announces_animation |= not found.has_pixels
        return
    if not found.frames:
        found.first_picture_is_frame = not found.has_pixels
    found.frames += 1


def _read_colour(chunks: dict[bytes, bytes]) -> Colour:
    """Take the strongest statement, in the order of the standard. What is damaged is ignored."""
    if len(chunks.get(b"cICP", b"")) == 4:
        primaries, transfer, _, _ = chunks[b"cICP"]
        return Colour(cicp=(primaries, transfer))
    if icc := _inflate_profile(chunks.get(b"iCCP", b"")):
        return Colour(icc=icc)
    if b"sRGB" in chunks:
        return Colour()
    gamma, chromaticities = None, None
    if len(chunks.get(b"gAMA", b"")) == 4:
        (scaled,) = struct.unpack(">I", chunks[b"gAMA"])
        gamma = scaled / 100_000
    if len(chunks.get(b"cHRM", b"")) == 32:
        chromaticities = tuple(x / 100_000 for x in struct.unpack(">8I", chunks[b"cHRM"]))
    return Colour(gamma=gamma, chromaticities=chromaticities)


def _inflate_profile(chunk: bytes) -> bytes:
    _, _, compressed = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(compressed[1:], _MAX_PROFILE_BYTES)
    except zlib.error:
        return b""
