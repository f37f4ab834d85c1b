"""Reads the boxes of a HEIF file, and the description of its items in the `meta` box.

ISO/IEC 14496-12 (boxes) and 23008-12 (items); https://nokiatech.github.io/heif/technical.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.core.errors import ImageTooComplexError, UnreadableImageError

MAX_ITEMS = 2_000
"""50 megapixels in tiles of 256 pixels a side are 763."""
_MAX_EXTENTS = 10_000  # Of all items together. An extent may take no bytes of the file.
_MAX_ASSOCIATIONS = 4  # Boxes: the standard allows one for each version and width


@dataclass(frozen=True)
class Box:
    """One box of the file."""

    kind: bytes
    start: int  # First byte of the payload
    end: int


@dataclass
class Meta:
    """The description of the items of a file, by their ids."""

    primary: int = 0
    types: dict[int, bytes] = field(default_factory=dict)
    extents: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    tiles: dict[int, list[int]] = field(default_factory=dict)
    properties: list[Box] = field(default_factory=list)
    associated: dict[int, list[int]] = field(default_factory=dict)
    in_idat: set[int] = field(default_factory=set)  # Their extents count from the start of `idat`
    idat: Box | None = None
    unplaced: set[int] = field(default_factory=set)  # In other items or files, or without a length


def walk(data: bytes, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two positions. A box that is cut ends at `end`."""
    at = start
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, at)
        header = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
            header = 16
        elif length == 0:
            length = end - at
        if length < header:
            raise UnreadableImageError
        yield Box(kind, at + header, min(at + length, end))
        at += length


def read_meta(data: bytes, box: Box) -> Meta:
    """Read the `meta` box.

    Raises:
        ImageTooComplexError: More than `MAX_ITEMS` items, or too many extents.
        UnreadableImageError: It is damaged, or describes something twice.
    """
    meta, seen = Meta(), set[bytes]()
    for inner in walk(data, box.start + 4, box.end):
        reader = _READERS.get(inner.kind)
        if reader and inner.kind in seen:
            raise UnreadableImageError
        if reader:
            seen.add(inner.kind)
            reader(data, inner, meta)
    return meta


def locate(meta: Meta, item: int) -> list[tuple[int, int]]:
    """Where the bytes of an item start and end in the file, as the file claims."""
    base = meta.idat.start if meta.idat and item in meta.in_idat else 0
    return [
        (base + offset, base + offset + length) for offset, length in meta.extents.get(item, [])
    ]


def _read_primary(data: bytes, box: Box, meta: Meta) -> None:
    form = ">H" if data[box.start] == 0 else ">I"
    (meta.primary,) = struct.unpack_from(form, data, box.start + 4)


def _read_items(data: bytes, box: Box, meta: Meta) -> None:
    start = box.start + (6 if data[box.start] == 0 else 8)
    for entry in walk(data, start, box.end):
        version = data[entry.start]
        form = ">H" if version == 2 else ">I"
        (item,) = struct.unpack_from(form, data, entry.start + 4)
        at = entry.start + 4 + struct.calcsize(form) + 2
        meta.types[item] = data[at : at + 4]
        if len(meta.types) > MAX_ITEMS:
            raise ImageTooComplexError


def _read_references(data: bytes, box: Box, meta: Meta) -> None:
    form = "H" if data[box.start] == 0 else "I"
    size = struct.calcsize(form)
    for entry in walk(data, box.start + 4, box.end):
        if entry.kind != b"dimg":
            continue
        item, count = struct.unpack_from(f">{form}H", data, entry.start)
        if count > MAX_ITEMS:
            raise ImageTooComplexError
        meta.tiles[item] = list(struct.unpack_from(f">{count}{form}", data, entry.start + size + 2))


def _read_properties(data: bytes, box: Box, meta: Meta) -> None:
    associations = 0
    for inner in walk(data, box.start, box.end):
        if inner.kind == b"ipco":
            meta.properties = list(walk(data, inner.start, inner.end))
        elif inner.kind == b"ipma":
            associations += 1
            if associations > _MAX_ASSOCIATIONS:
                raise UnreadableImageError
            _read_associations(data, inner, meta)


def _read_associations(data: bytes, box: Box, meta: Meta) -> None:
    version, flags = data[box.start], data[box.start + 3]
    (entries,) = struct.unpack_from(">I", data, box.start + 4)
    at = box.start + 8
    form, width = (">H", 2) if version < 1 else (">I", 4)
    for _ in range(min(entries, MAX_ITEMS)):
        (item,) = struct.unpack_from(form, data, at)
        count = data[at + width]
        at += width + 1
        if flags & 1:
            indices = [value & 0x7FFF for value in struct.unpack_from(f">{count}H", data, at)]
            at += 2 * count
        else:
            indices = [value & 0x7F for value in data[at : at + count]]
            at += count
        meta.associated[item] = indices


def _read_locations(data: bytes, box: Box, meta: Meta) -> None:
    """Note where the bytes of each item are, counted from the start of the file."""
    version = data[box.start]
    sizes = data[box.start + 4 : box.start + 6]
    offset_size, length_size, base_size = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index_size = sizes[1] & 15 if version else 0
    reader = _Numbers(data, box.start + 6)
    count, extent_count = reader.take(2 if version < 2 else 4), 0
    for _ in range(min(count, MAX_ITEMS)):
        item = reader.take(2 if version < 2 else 4)
        method = reader.take(2) & 15 if version else 0
        reference = reader.take(2)
        base = reader.take(base_size)
        extents = []
        of_item = reader.take(2)
        extent_count += of_item
        if extent_count > _MAX_EXTENTS:
            raise ImageTooComplexError
        for _ in range(of_item):
            reader.take(index_size)
            offset = base + reader.take(offset_size)
            extents.append((offset, reader.take(length_size)))
        if method == 1:
            meta.in_idat.add(item)
        if method > 1 or reference or not all(length for _, length in extents):
            meta.unplaced.add(item)
        meta.extents[item] = extents


class _Numbers:
    """Reads numbers of any size, one after the other."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def take(self, size: int) -> int:
        if self._at + size > len(self._data):
            raise UnreadableImageError
        value = int.from_bytes(self._data[self._at : self._at + size], "big")
        self._at += size
        return value


def _read_idat(data: bytes, box: Box, meta: Meta) -> None:
    meta.idat = box


_READERS = {
    b"pitm": _read_primary,
    b"iinf": _read_items,
    b"iref": _read_references,
    b"iprp": _read_properties,
    b"iloc": _read_locations,
    b"idat": _read_idat,
}
