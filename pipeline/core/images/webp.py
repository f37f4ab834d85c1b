"""WebP: https://www.rfc-editor.org/rfc/rfc9649"""

import struct
from collections.abc import Iterator

from pipeline.core.errors import AnimatedImageError, UnreadableImageError
from pipeline.core.images.stored import MAX_PARTS, Colour, StoredPicture

PIXEL_CHUNKS = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"})
_ALPHA_FLAG, _ANIMATION_FLAG = 0x10, 0x02

_SIMPLE_SIZE = 0x3FFF  # 14 bits; the upper two of lossy WebP scale the display


def read(data: bytes) -> StoredPicture:
    """Read the size from the first chunk, and walk the rest of an extended file.

    Raises:
        AnimatedImageError: More than one frame.
        UnreadableImageError: The first chunk is not one of a picture.
    """
    end = _find_end(data)
    kind = data[12:16]
    if kind == b"VP8 ":
        start_code, width, height = struct.unpack_from("<3sHH", data, 23)
        if start_code != b"\x9d\x01\x2a":
            raise UnreadableImageError
        return StoredPicture(width & _SIMPLE_SIZE, height & _SIMPLE_SIZE, end)
    if kind == b"VP8L":
        signature, bits = struct.unpack_from("<BI", data, 20)
        if signature != 0x2F:
            raise UnreadableImageError
        width, height = (bits & _SIMPLE_SIZE) + 1, (bits >> 14 & _SIMPLE_SIZE) + 1
        return StoredPicture(width, height, end, bytes_per_pixel=4)
    if kind == b"VP8X":
        return _read_extended(data, end)
    raise UnreadableImageError


def keep_pixels(data: bytes) -> bytes:
    """Build a file of the chunks that the pixels need, with flags and lengths that are true.

    A chunk that is cut keeps its length, so a decoder refuses it.
    """
    chunks = [
        (kind, data[at - 8 : at + length + length % 2])
        for kind, at, length in walk(data)
        if kind in PIXEL_CHUNKS
    ]
    has_frames = any(kind == b"ANMF" for kind, _ in chunks)
    kept = [
        _set_flags(chunk, has_frames) if kind == b"VP8X" else chunk
        for kind, chunk in chunks
        if has_frames or kind != b"ANIM"
    ]
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _set_flags(chunk: bytes, has_frames: bool) -> bytes:
    flags = chunk[8] & _ALPHA_FLAG | (_ANIMATION_FLAG if has_frames else 0)
    return chunk[:8] + bytes([flags]) + chunk[9:]


def _find_end(data: bytes) -> int:
    size: int = struct.unpack_from("<I", data, 4)[0]
    return min(len(data), 8 + size + size % 2)


def _read_extended(data: bytes, end: int) -> StoredPicture:
    chunks: dict[bytes, bytes] = {}
    frames = 0
    for kind, at, length in walk(data):
        frames += kind == b"ANMF"
        if kind in (b"EXIF", b"XMP ", b"ICCP"):
            chunks.setdefault(kind, data[at : at + length])
    if frames > 1:
        raise AnimatedImageError
    return StoredPicture(
        width=int.from_bytes(data[24:27], "little") + 1,
        height=int.from_bytes(data[27:30], "little") + 1,
        end=end,
        exif=chunks.get(b"EXIF", b""),
        xmp=chunks.get(b"XMP ", b""),
        colour=Colour(icc=chunks.get(b"ICCP", b"")),
        bytes_per_pixel=4,
    )


def walk(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, position of the payload, and length of each chunk up to the file's own end."""
    at, end = 12, _find_end(data)
    for _ in range(MAX_PARTS):
        if at + 8 > end:
            return
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, at + 8, length
        at += 8 + length + length % 2
