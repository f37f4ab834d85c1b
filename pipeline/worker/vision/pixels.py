"""Decodes the bytes of a file to its stored pixels, of any depth and channels.

Each format gives the decoder its picture and nothing else: no film behind a JPEG, no private
chunk of a PNG. A picture is complete if all pixels are there. A missing end mark is not damage.
"""

import re
import struct
import zlib
from contextlib import suppress

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.core.errors import UnreadableImageError
from pipeline.core.images import AVIF, HEIC, JPEG, PNG, ImageHeader, png, webp
from pipeline.worker.vision.cmyk import decode_cmyk
from pipeline.worker.vision.heif import decode_heif
from pipeline.worker.vision.profile import UnusableProfileError

_END_OF_IMAGE = b"\xff\xd9"
_OTHER_BITS = b"\xaa\x55" * 4096
"""Decoded in place of missing pixels, these bits give others than no bits do."""

_START_OF_SCAN = b"\xff\xda"
_FIRST_RESTART = 0xD0
_RESTART_MARK = re.compile(rb"\xff[\xd0-\xd7]")

_MOST_PIXEL_BYTES = 8  # Four channels of 16 bits
_HEIF_PIXEL_BYTES = 16  # The codec's planes, and three copies of 8-bit BGRA

_ENOUGH = 1 / 2
"""Least share of a JPEG's wanted longer side. 12 megapixels at a quarter, 1,000 pixels wide, take
23 ms of one core; at a half, 2,000 pixels wide, they take 32 ms (measured)."""

_REDUCED_FLAGS = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}

# Adam7: first column and row, and steps, of each of the seven passes
_INTERLACE = [
    (0, 0, 8, 8),
    (4, 0, 8, 8),
    (0, 4, 4, 8),
    (2, 0, 4, 4),
    (0, 2, 2, 4),
    (1, 0, 2, 2),
    (0, 1, 1, 2),
]
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_GREY = 0


def decode_pixels(
    data: bytes, header: ImageHeader, shortest_side_px: int, longest_side_px: int = 0
) -> npt.NDArray:
    """Decode a picture, not turned, in the colours of the file.

    Args:
        data: The whole file.
        shortest_side_px: A JPEG's shorter side may be reduced to no less than this.
        longest_side_px: A JPEG's longer side may be reduced to no less than half of this.

    Returns:
        Shape (height, width) or (height, width, channels), uint8 or uint16, BGR or BGRA.

    Raises:
        UnreadableImageError: The pixels are damaged or not all there.
        MemoryError: The picture may be fine, and there is too little memory for it now.
    """
    if header.content_type == JPEG:
        return _decode_jpeg(data, header, _choose_factor(header, shortest_side_px, longest_side_px))
    if header.content_type == PNG:
        return _decode_png(data, header)
    if header.content_type in (HEIC, AVIF):
        try:
            return decode_heif(data, header)
        except UnreadableImageError:
            _check_memory(header, _HEIF_PIXEL_BYTES)
            raise
    return _decode(webp.keep_pixels(data), header, cv2.IMREAD_UNCHANGED)


def _decode_jpeg(data: bytes, header: ImageHeader, factor: int) -> npt.NDArray:
    if header.stored.components == 4 and header.colour.icc:
        with suppress(UnusableProfileError):
            return decode_cmyk(data[: header.stored.end], header.colour.icc, factor)
    flags = _REDUCED_FLAGS[factor] | cv2.IMREAD_IGNORE_ORIENTATION
    stored = header.stored
    if stored.is_terminated:
        try:
            return _decode(data[: stored.end], header, flags)
        except UnreadableImageError:
            pass  # Bytes that look like an end may belong to what follows the picture
    scans = data[: stored.pixels_end].rstrip(b"\xff")  # Half an end mark
    if not scans or not stored.has_all_scans:
        raise UnreadableImageError
    _check_complete(scans, header)
    return _decode(scans + _END_OF_IMAGE, header, flags)


def _check_complete(scans: bytes, header: ImageHeader) -> None:
    """Decode with different bits behind the data. Only missing pixels see the difference.

    In full size, because a reduced one would hide a missing last scan.
    """
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    nothing_behind = _decode(scans + _END_OF_IMAGE, header, flags)
    others_behind = _decode(scans + _build_others(scans) + _END_OF_IMAGE, header, flags)
    if not np.array_equal(nothing_behind, others_behind):
        raise UnreadableImageError


def _build_others(scans: bytes) -> bytes:
    """Other bits, and again behind the restart mark that would come next.

    Where a decoder waits for a restart mark, it skips everything before it.
    """
    marks = _RESTART_MARK.findall(scans, scans.rindex(_START_OF_SCAN))
    following = (marks[-1][1] - _FIRST_RESTART + 1) % 8 if marks else 0
    return _OTHER_BITS + bytes([0xFF, _FIRST_RESTART + following]) + _OTHER_BITS


def _choose_factor(header: ImageHeader, shortest_side_px: int, longest_side_px: int) -> int:
    shorter_side, longer_side = sorted((header.width, header.height))
    return next(
        (
            factor
            for factor in _REDUCED_FLAGS
            if shorter_side // factor >= shortest_side_px
            and longer_side // factor >= longest_side_px * _ENOUGH
        ),
        1,
    )


def _decode_png(data: bytes, header: ImageHeader) -> npt.NDArray:
    chunks = _collect_chunks(data)
    try:
        pixels = _decode(_build_png(chunks), header, cv2.IMREAD_UNCHANGED)
    except UnreadableImageError:
        chunks[b"IDAT"] = _repair_stream(chunks)
        pixels = _decode(_build_png(chunks), header, cv2.IMREAD_UNCHANGED)
    return _apply_transparent_level(pixels, chunks)


def _collect_chunks(data: bytes) -> dict[bytes, bytes]:
    """Take the chunks that the pixels need, without comparing their checksums."""
    parts: dict[bytes, list[bytes]] = {}
    for kind, at, length in png.walk(data):
        if kind == b"IDAT" or (kind in png.PIXEL_CHUNKS and kind not in parts):
            parts.setdefault(kind, []).append(data[at : at + length])
    return {kind: b"".join(payloads) for kind, payloads in parts.items()}


def _build_png(chunks: dict[bytes, bytes]) -> bytes:
    return png.SIGNATURE + b"".join(
        struct.pack(">I", len(payload))
        + kind
        + payload
        + struct.pack(">I", zlib.crc32(payload, zlib.crc32(kind)))
        for kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
        if (payload := chunks.get(kind, b"")) or kind == b"IEND"
    )


def _repair_stream(chunks: dict[bytes, bytes]) -> bytes:
    """Give the compressed pixels a right window and checksum if all of them are there.

    Browsers accept a window that is too small, and a wrong or missing checksum.

    Raises:
        UnreadableImageError: Pixels are missing or damaged.
    """
    stream, expected = chunks.get(b"IDAT", b""), _count_bytes(chunks[b"IHDR"])
    inflater = zlib.decompressobj(wbits=-zlib.MAX_WBITS)
    checksum, count, rest = 1, 0, stream[2:]
    try:
        while rest and count < expected:
            part = inflater.decompress(rest, min(1 << 20, expected - count))
            rest = inflater.unconsumed_tail
            checksum, count = zlib.adler32(part, checksum), count + len(part)
            if not part and not rest:
                break
    except zlib.error as error:
        raise UnreadableImageError from error
    if count < expected:
        raise UnreadableImageError
    body = stream[2:] if not inflater.eof else stream[2 : len(stream) - len(inflater.unused_data)]
    return b"\x78\x01" + body + struct.pack(">I", checksum)


def _count_bytes(ihdr: bytes) -> int:
    """Bytes of all rows before compression, one filter byte each included."""
    width, height, depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", ihdr)
    bits = depth * _CHANNELS.get(colour_type, 4)
    passes: list[tuple[int, int, int, int]] = _INTERLACE if interlace else [(0, 0, 1, 1)]
    return sum(_count_pass_bytes(width, height, bits, one) for one in passes)


def _count_pass_bytes(width: int, height: int, bits: int, one: tuple[int, int, int, int]) -> int:
    column, row, column_step, row_step = one
    columns = max(0, -(-(width - column) // column_step))
    rows = max(0, -(-(height - row) // row_step))
    return rows * (1 + (columns * bits + 7) // 8) if columns else 0


def _apply_transparent_level(pixels: npt.NDArray, chunks: dict[bytes, bytes]) -> npt.NDArray:
    """Make the transparent level of a grey picture white; OpenCV does it for the other types."""
    _, _, depth, colour_type, *_ = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    level = chunks.get(b"tRNS", b"")
    if colour_type != _GREY or len(level) != 2 or pixels.ndim != 2:
        return pixels
    (value,) = struct.unpack(">H", level)
    most = np.iinfo(pixels.dtype).max
    shown = value if depth == 16 else (value & (1 << depth) - 1) * 255 // ((1 << depth) - 1)
    pixels[pixels == shown] = most
    return pixels


def _decode(data: bytes, header: ImageHeader, flags: int) -> npt.NDArray:
    try:
        pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    except cv2.error as error:
        if error.code == cv2.Error.StsNoMem:
            raise MemoryError from error
        raise UnreadableImageError from error
    if pixels is None:
        _check_memory(header)
        raise UnreadableImageError
    return pixels


def _check_memory(header: ImageHeader, pixel_bytes: int = _MOST_PIXEL_BYTES) -> None:
    """Tell a decoder that ran out of memory, which looks the same, from a damaged picture.

    Raises:
        MemoryError: There is less left than such a picture may need.
    """
    np.empty(header.width * header.height * pixel_bytes, np.uint8)  # Never touched
