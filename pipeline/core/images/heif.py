"""HEIC and AVIF: pictures of video codecs in boxes (ISO/IEC 14496-12 and 23008-12).

HEIF: https://nokiatech.github.io/heif/technical.html
AVIF: https://aomediacodec.github.io/av1-avif/
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from math import floor, prod

from pipeline.core.errors import (
    AnimatedImageError,
    ImageTooComplexError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import av1
from pipeline.core.images.boxes import MAX_ITEMS, Box, Meta, locate, read_meta, walk
from pipeline.core.images.stored import Colour, Crop, StoredPicture

HEIC, AVIF = "image/heic", "image/avif"

_BRANDS = frozenset(
    {b"mif1", b"msf1", b"heic", b"heix", b"heim", b"heis", b"hevc", b"avif", b"avis"}
)
_SEQUENCES = frozenset({b"msf1", b"hevc", b"avis"})
_CODECS = {b"hvc1": HEIC, b"av01": AVIF}

_ALPHA_NAMES = frozenset(
    {b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha", b"urn:mpeg:hevc:2015:auxid:1"}
)
_MOST_NAME_BYTES = 64

_MAX_TILE_PIXELS = 60_000_000  # Tiles reach over the edge of a picture of 50 megapixels

# Quarter turns to the left and mirroring of HEIF as the orientation of EXIF
_ORIENTATIONS = {
    (0, None): 1, (0, 1): 2, (2, None): 3, (0, 0): 4, (1, 0): 5, (3, None): 6, (3, 0): 7,
    (1, None): 8, (2, 0): 2, (2, 1): 4, (1, 1): 7, (3, 1): 5,
}  # fmt: skip


def is_heif(data: bytes) -> bool:
    """Whether the file calls itself HEIC or AVIF."""
    if data[4:8] != b"ftyp":
        return False
    (length,) = struct.unpack_from(">I", data)
    brands = {data[8:12], *(data[at : at + 4] for at in range(16, min(length, 256), 4))}
    return bool(brands & _BRANDS)


def read(data: bytes) -> tuple[str, StoredPicture]:
    """Read the primary picture's properties.

    Returns:
        The content type, and the picture. libheif turns a HEIC itself, so its size is that of
        the upright picture.

    Raises:
        AnimatedImageError: The file is a sequence of more than one picture.
        ImageTooComplexError: The decoder would have to decode more pixels than we allow.
        UnsupportedFormatError: Another codec, or a picture composed of others.
        UnreadableImageError: Data of the picture lies past the end of the file.
    """
    boxes = list(walk(data, 0, len(data)))
    if data[8:12] in _SEQUENCES:
        _check_sequence(data, boxes)
    box = next((box for box in boxes if box.kind == b"meta"), None)
    if box is None:
        raise UnsupportedFormatError
    meta = read_meta(data, box)
    parts = meta.tiles.get(meta.primary) if _get_type(meta, meta.primary) == b"grid" else None
    items = parts or [meta.primary]
    content_type = _find_codec(meta, items)
    for item in {meta.primary, *items}:
        _find_extents(data, meta, item)
    _check_work(data, meta, items, content_type)
    return content_type, _build(data, meta, items, content_type)


def _build(data: bytes, meta: Meta, items: list[int], content_type: str) -> StoredPicture:
    width, height = _read_size(data, meta, meta.primary)
    crop = _read_crop(data, meta, width, height)
    if crop:
        _, _, width, height = crop
    orientation = _read_orientation(data, meta)
    if content_type == HEIC:
        if orientation >= 5:
            width, height = height, width
        orientation = 1
    return StoredPicture(
        width=width,
        height=height,
        end=len(data),
        orientation=orientation,
        crop=crop,
        colour=_read_colour(data, meta, items),
        bytes_per_pixel=4,
    )


def _check_sequence(data: bytes, boxes: list[Box]) -> None:
    """Count pictures instead of believing the brand."""
    path = [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz"]
    level = boxes
    for kind in path:
        found = [box for box in level if box.kind == kind]
        if kind == path[-1]:
            counts = [struct.unpack_from(">I", data, box.start + 8)[0] for box in found]
            if max(counts, default=0) > 1:
                raise AnimatedImageError
        level = [inner for box in found for inner in walk(data, box.start, box.end)]


def _get_type(meta: Meta, item: int) -> bytes:
    return meta.types.get(item, b"")


def _find_codec(meta: Meta, items: list[int]) -> str:
    types = {_get_type(meta, item) for item in items}
    if len(types) != 1 or not types <= set(_CODECS):
        raise UnsupportedFormatError
    return _CODECS[types.pop()]


def _find_extents(data: bytes, meta: Meta, item: int) -> list[tuple[int, int]]:
    """Where the bytes of an item start and end in the file.

    A decoder fills what a cut file lacks with grey, without any error.

    Raises:
        UnreadableImageError: They are not all there.
    """
    end = len(data)
    if item in meta.in_idat:
        if meta.idat is None:
            raise UnreadableImageError
        end = meta.idat.end
    extents = locate(meta, item)
    if not extents or any(last > end for _, last in extents):
        raise UnreadableImageError
    return extents


def _check_work(data: bytes, meta: Meta, items: list[int], content_type: str) -> None:
    """Add up the pixels that the decoder decodes. The header may state fewer.

    libavif scales what it decoded to the claimed size, and a grid may name a tile many times.
    libheif refuses a picture that is larger than it claims.
    """
    tiles = [item for item in items if item != meta.primary]
    for plane in (items if content_type == AVIF else tiles, list_alpha(data, meta)):
        read = _read_coded_size if content_type == AVIF else _read_size
        pixels = {item: prod(read(data, meta, item)) for item in set(plane)}
        if sum(pixels[item] for item in plane) > _MAX_TILE_PIXELS:
            raise ImageTooComplexError


def list_alpha(data: bytes, meta: Meta) -> list[int]:
    """The coded pictures that hold transparency. Their sizes show nowhere else."""
    items = [
        item
        for item in meta.associated
        if any(_names_alpha(data, box) for box in _find_properties(meta, item, b"auxC"))
    ]
    tiles = [meta.tiles.get(item, [item]) for item in items]
    if sum(map(len, tiles)) > MAX_ITEMS:
        raise ImageTooComplexError
    return [tile for of_item in tiles for tile in of_item]


def _names_alpha(data: bytes, box: Box) -> bool:
    """Whether an `auxC` box says that its picture is transparency. The box may have megabytes."""
    start = box.start + 4
    name, _, _ = data[start : min(box.end, start + _MOST_NAME_BYTES)].partition(b"\0")
    return name in _ALPHA_NAMES


def _read_coded_size(data: bytes, meta: Meta, item: int) -> tuple[int, int]:
    start, end = _find_extents(data, meta, item)[0]
    return av1.read_size(data[start : min(end, start + av1.MOST_BYTES)])


def _find_properties(meta: Meta, item: int, kind: bytes) -> Iterator[Box]:
    for index in meta.associated.get(item, []):
        if 1 <= index <= len(meta.properties) and meta.properties[index - 1].kind == kind:
            yield meta.properties[index - 1]


def _read_size(data: bytes, meta: Meta, item: int) -> tuple[int, int]:
    for box in _find_properties(meta, item, b"ispe"):
        width, height = struct.unpack_from(">II", data, box.start + 4)
        return width, height
    raise UnreadableImageError


def _read_crop(data: bytes, meta: Meta, width: int, height: int) -> Crop | None:
    """The clean aperture: a size and an offset of centres, all fractions of two 32-bit numbers.

    Returns:
        The part of the stored picture that is shown; None if all of it is, or if the part does
        not lie in the picture.
    """
    for box in _find_properties(meta, meta.primary, b"clap"):
        terms = struct.unpack_from(">8i", data, box.start)
        if min(terms[1::2]) < 1:
            return None
        columns, rows, right, down = (
            Fraction(*pair) for pair in zip(terms[::2], terms[1::2], strict=True)
        )
        left, top = floor((width - columns) / 2 + right), floor((height - rows) / 2 + down)
        crop = Crop(left, top, floor(columns), floor(rows))
        fits = left >= 0 and top >= 0 and left + columns <= width and top + rows <= height
        return crop if fits and min(crop.width, crop.height) > 0 else None
    return None


def _read_orientation(data: bytes, meta: Meta) -> int:
    turns, axis = 0, None
    for box in _find_properties(meta, meta.primary, b"irot"):
        turns = data[box.start] & 3
    for box in _find_properties(meta, meta.primary, b"imir"):
        axis = data[box.start] & 1
    return _ORIENTATIONS[turns, axis]


def _read_colour(data: bytes, meta: Meta, items: list[int]) -> Colour:
    """Read the colour of the picture or of its first tile. A profile is preferred to numbers."""
    icc, cicp = b"", None
    for item in (meta.primary, items[0]):
        for box in _find_properties(meta, item, b"colr"):
            kind = data[box.start : box.start + 4]
            if kind in (b"prof", b"rICC"):
                icc = icc or data[box.start + 4 : box.end]
            elif kind == b"nclx" and cicp is None:
                cicp = struct.unpack_from(">HH", data, box.start + 4)
    return Colour(icc=icc) if icc else Colour(cicp=cicp)
