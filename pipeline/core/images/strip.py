"""Removes what a file says beside its picture, without decoding or compressing it again.

Gone are EXIF (place, serial numbers, names, embedded thumbnails), XMP, IPTC, comments, content
credentials, films and everything else that no decoder needs. The orientation and what the colours
mean stay. Each format keeps a list of parts that it needs, so an unknown part is removed too.
"""

import struct
import zlib
from dataclasses import replace

from pipeline.core.errors import MetadataNotRemovableError, UnreadableImageError
from pipeline.core.images import (
    DAMAGE,
    JPEG,
    PNG,
    WEBP,
    ImageHeader,
    boxes,
    jpeg,
    png,
    read_header,
    webp,
)
from pipeline.core.images.metadata import EXIF_PREFIX, UPRIGHT, build_exif, is_adobe_rgb

_APP0, _APP1, _APP2, _APP14, _LAST_APP, _COMMENT = 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE

_PNG_KEPT = png.PIXEL_CHUNKS | {
    b"IEND", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"bKGD", b"pHYs", b"mDCV",
    b"cLLI", b"acTL", b"fcTL", b"fdAT",
}  # fmt: skip
_WEBP_KEPT = webp.PIXEL_CHUNKS | {b"ICCP"}
_WEBP_EXIF_FLAG, _WEBP_XMP_FLAG = 0x08, 0x04

_HEIF_KEPT = frozenset({b"ftyp", b"meta", b"mdat"})
_HEIF_METADATA = frozenset({b"Exif", b"mime", b"uri "})
_EMPTY_EXIF = struct.pack(">I2sHIHI", 0, b"MM", 42, 8, 0, 0)  # A directory without entries
_HEIF_TEXTS = frozenset({b"udes", b"altt", b"crtt", b"mdft"})  # Names, descriptions, times


def strip_metadata(data: bytes) -> bytes:
    """Remove the metadata of a picture. What is left decodes to the same pixels.

    Raises:
        MetadataNotRemovableError: The file is built in a way that makes it unsafe.
        PermanentError: One of those of `read_header`, also where the file is cut off later.
    """
    header = read_header(data)
    try:
        stripped = _STRIP.get(header.content_type, _strip_heif)(data, header)
    except DAMAGE as error:
        raise UnreadableImageError from error
    after = read_header(stripped)
    if _describe(after) != _describe(header):
        raise MetadataNotRemovableError
    return stripped


def _describe(header: ImageHeader) -> ImageHeader:
    """What must be the same afterwards: all but where things are in the file."""
    stored = replace(header.stored, end=0, pixels_end=0, exif=b"", xmp=b"", orientation=None)
    return replace(header, stored=stored)


def _strip_jpeg(data: bytes, header: ImageHeader) -> bytes:
    segments, end = jpeg.list_segments(data)
    stored = header.stored
    end = end if stored.is_terminated else stored.pixels_end
    kept = [data[:2]]
    for (marker, at, length), (_, following, _) in zip(
        segments, [*segments[1:], (0, end + 2, 0)], strict=True
    ):
        if not _is_jpeg_metadata(data, marker, at):
            # A scan's data follows its header; other segments are followed by nothing.
            stop = following - 2 if marker == jpeg.START_OF_SCAN else at + length
            kept.append(data[at - 2 : min(stop, end)])
    begins_with_jfif = kept[1:2] and kept[1][1] == _APP0
    kept.insert(2 if begins_with_jfif else 1, _build_jpeg_exif(header))
    if stored.is_terminated and not kept[-1].endswith(jpeg.END_MARK):
        kept.append(jpeg.END_MARK)
    return b"".join(kept)


def _is_jpeg_metadata(data: bytes, marker: int, at: int) -> bool:
    if marker == _APP0:
        return not data.startswith(b"JFIF\0", at + 2)
    if marker == _APP2:
        return not data.startswith(jpeg.ICC_PREFIX, at + 2)
    if marker == _APP14:
        return not data.startswith(b"Adobe", at + 2)  # How the channels are coded
    return _APP1 <= marker <= _LAST_APP or marker == _COMMENT


def _build_jpeg_exif(header: ImageHeader) -> bytes:
    exif = build_exif(header.orientation, adobe_rgb=is_adobe_rgb(header.stored.exif))
    if not exif:
        return b""
    payload = EXIF_PREFIX + exif
    return struct.pack(">BBH", 0xFF, _APP1, 2 + len(payload)) + payload


def _strip_png(data: bytes, header: ImageHeader) -> bytes:
    parts = [png.SIGNATURE]
    for kind, at, length in png.walk(data):
        if kind in _PNG_KEPT:
            parts.append(data[at - 8 : at + length + 4])
        if kind == b"IHDR" and header.orientation != UPRIGHT:
            parts.append(_build_png_chunk(b"eXIf", build_exif(header.orientation)))
    return b"".join(parts)


def _build_png_chunk(kind: bytes, payload: bytes) -> bytes:
    checksum = struct.pack(">I", zlib.crc32(kind + payload))
    return struct.pack(">I", len(payload)) + kind + payload + checksum


def _strip_webp(data: bytes, header: ImageHeader) -> bytes:
    exif = build_exif(header.orientation) if header.orientation != UPRIGHT else b""
    parts = []
    for kind, at, length in webp.walk(data):
        chunk = data[at - 8 : at + length + length % 2]
        if kind == b"VP8X":
            flags = chunk[8] & ~(_WEBP_EXIF_FLAG | _WEBP_XMP_FLAG) | _WEBP_EXIF_FLAG * bool(exif)
            chunk = chunk[:8] + bytes([flags]) + chunk[9:]
        if kind in _WEBP_KEPT:
            parts.append(chunk)
    if exif:
        parts.append(b"EXIF" + struct.pack("<I", len(exif)) + exif + bytes(len(exif) % 2))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _strip_heif(data: bytes, header: ImageHeader) -> bytes:
    """Overwrite with zeros what no picture uses. Nothing moves, so all positions stay true."""
    top = list(boxes.walk(data, 0, len(data)))
    meta_box = next(box for box in top if box.kind == b"meta")
    meta = boxes.read_meta(data, meta_box)
    pictures = {item for item in meta.extents if meta.types.get(item) not in _HEIF_METADATA}
    if meta.unplaced.intersection(pictures) or any(box.kind == b"moov" for box in top):
        raise MetadataNotRemovableError
    used = [extent for item in pictures for extent in boxes.locate(meta, item)]
    cleared = bytearray(data)
    texts = [box for box in meta.properties if box.kind in _HEIF_TEXTS]
    foreign = [box for box in top if box.kind not in _HEIF_KEPT]
    media = [box for box in top if box.kind == b"mdat"]
    for box in [*texts, *foreign, *media, *([meta.idat] if meta.idat else [])]:
        cleared[box.start : box.end] = bytes(box.end - box.start)
    for item in meta.extents.keys() - pictures:
        if meta.types.get(item) == b"Exif":
            _write_empty_exif(cleared, boxes.locate(meta, item))
    written = 0
    for start, end in sorted(used):  # Thousands of them may name the same bytes
        start = max(start, written)
        if start < end:
            cleared[start:end] = data[start:end]
            written = end
    return bytes(cleared)


def _write_empty_exif(cleared: bytearray, extents: list[tuple[int, int]]) -> None:
    """libavif refuses a file whose EXIF block has no header."""
    start, end = extents[0] if extents else (0, 0)
    if len(_EMPTY_EXIF) <= end - start and end <= len(cleared):
        cleared[start : start + len(_EMPTY_EXIF)] = _EMPTY_EXIF


_STRIP = {JPEG: _strip_jpeg, PNG: _strip_png, WEBP: _strip_webp}
