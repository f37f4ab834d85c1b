"""Makes HEIC and AVIF files for tests: rotated, mirrored, tiled, and with false headers."""

import io
import struct
from collections.abc import Sequence
from typing import Literal

import pillow_heif
from PIL import Image

from pipeline.core.images.boxes import Box, read_meta, walk

Kind = Literal["HEIF", "AVIF"]
pillow_heif.register_heif_opener()


def encode_item(picture: Image.Image, kind: Kind, **options: object) -> tuple[list[bytes], bytes]:
    """Encode a picture, and return its properties as whole boxes and its coded data."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    data = file.getvalue()
    meta = read_meta(data, next(box for box in walk(data, 0, len(data)) if box.kind == b"meta"))
    ((start, length),) = meta.extents[meta.primary]
    properties = [_cut(data, meta.properties[i - 1]) for i in meta.associated[meta.primary]]
    return properties, data[start : start + length]


def build_file(
    picture: Image.Image,
    kind: Kind,
    *,
    tile_px: int | None = None,
    claims: tuple[int, int] | None = None,
    turns: Sequence[bytes] = (),
    extra: Sequence[bytes] = (),
    **options: object,
) -> bytes:
    """A file of one picture.

    Args:
        tile_px: Cut the picture into tiles of this side, as phones do.
        claims: Width and height that the file says it has.
        turns: Properties that turn the picture: `irot`, `imir`.
        extra: More properties of the picture, such as a profile.
    """
    width, height = claims or picture.size
    codec = b"hvc1" if kind == "HEIF" else b"av01"
    size = build_full_box(b"ispe", struct.pack(">II", width, height))
    tiles = _cut_tiles(picture, tile_px) if tile_px else [picture]
    contents = {tile.tobytes(): tile for tile in tiles}  # Equal tiles are encoded once
    encoded = {data: encode_item(tile, kind, **options) for data, tile in contents.items()}
    coded = [encoded[tile.tobytes()] for tile in tiles]
    properties = [prop for prop in coded[0][0] if prop[4:8] not in (b"ispe", b"irot", b"imir")]
    own = [build_full_box(b"ispe", struct.pack(">II", *tiles[0].size))] if tile_px else [size]
    of_tile = [*properties, *own]
    of_whole = [size, *extra, *turns] if tile_px else [*of_tile, *extra, *turns]
    names = [codec] * len(tiles) + ([b"grid"] if tile_px else [])
    rows = -(-picture.height // (tile_px or picture.height))
    columns = -(-picture.width // (tile_px or picture.width))
    grid = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, width, height)
    payloads = [data for _, data in coded] + ([grid] if tile_px else [])
    lists = [of_tile if tile_px else of_whole for _ in tiles] + ([of_whole] if tile_px else [])
    return _assemble(kind, names, payloads, lists, grid_tiles=len(tiles) if tile_px else 0)


def build_transparent(picture: Image.Image, kind: Kind, **options: object) -> bytes:
    """A half transparent picture with an alpha item, written by the encoder itself."""
    clear = picture.copy()
    clear.putalpha(128)
    file = io.BytesIO()
    clear.save(file, kind, **options)
    return file.getvalue()


def replace_alpha(avif: bytes, coded: bytes) -> bytes:
    """Replace the alpha of an AVIF by another coded picture whose size no property states."""
    box = next(box for box in walk(avif, 0, len(avif)) if box.kind == b"meta")
    meta = read_meta(avif, box)
    (alpha,) = (item for item in meta.types if item != meta.primary)
    (extent,) = meta.extents[alpha]
    extended = struct.pack(">II", len(avif), len(coded))
    return avif.replace(struct.pack(">II", *extent), extended) + coded


def build_turn(quarter_turns: int) -> bytes:
    """Turn the picture to the left."""
    return build_box(b"irot", bytes([quarter_turns]))


def build_crop(width: int, height: int, right: int, down: int) -> bytes:
    """Show a part of this size, whose centre is this far from that of the picture."""
    return build_box(b"clap", struct.pack(">8i", width, 1, height, 1, right, 1, down, 1))


def build_mirror(axis: int) -> bytes:
    """Exchange top and bottom (0) or left and right (1)."""
    return build_box(b"imir", bytes([axis]))


def build_box(kind: bytes, payload: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(payload), kind) + payload


def build_full_box(kind: bytes, payload: bytes, *, version: int = 0, flags: int = 0) -> bytes:
    return build_box(kind, struct.pack(">I", version << 24 | flags) + payload)


def _get_essential_bit(prop: bytes) -> int:
    """Decoders refuse a file whose codec, crop or turns may be ignored."""
    return 0x80 if prop[4:8] in (b"hvcC", b"av1C", b"irot", b"imir", b"clap") else 0


def _cut(data: bytes, box: Box) -> bytes:
    return data[box.start - 8 : box.end]


def _cut_tiles(picture: Image.Image, side: int) -> list[Image.Image]:
    boxes = [
        (left, top, left + side, top + side)
        for top in range(0, picture.height, side)
        for left in range(0, picture.width, side)
    ]
    return [picture.crop(box) for box in boxes]


def _assemble(
    kind: Kind,
    names: list[bytes],
    payloads: list[bytes],
    lists: list[list[bytes]],
    *,
    grid_tiles: int,
) -> bytes:
    every = list(dict.fromkeys(prop for props in lists for prop in props))
    entries = b"".join(
        struct.pack(">HB", item, len(props))
        + bytes(every.index(prop) + 1 | _get_essential_bit(prop) for prop in props)
        for item, props in enumerate(lists, 1)
    )
    iprp = build_box(b"ipco", b"".join(every)) + build_full_box(
        b"ipma", struct.pack(">I", len(lists)) + entries
    )
    infos = b"".join(
        build_full_box(b"infe", struct.pack(">HH4s", item, 0, name) + b"\0", version=2)
        for item, name in enumerate(names, 1)
    )
    iref = b""
    if grid_tiles:
        tiles = struct.pack(f">{grid_tiles}H", *range(1, grid_tiles + 1))
        dimg = build_box(b"dimg", struct.pack(">HH", len(names), grid_tiles) + tiles)
        iref = build_full_box(b"iref", dimg)
    brand = b"heic" if kind == "HEIF" else b"avif"
    ftyp = build_box(b"ftyp", brand + bytes(4) + b"mif1" + brand + b"miaf")

    def build_meta(start: int) -> bytes:
        locations = b""
        for item, payload in enumerate(payloads, 1):
            locations += struct.pack(">HHHHII", item, 0, 0, 1, start, len(payload))
            start += len(payload)
        return build_full_box(
            b"meta",
            build_full_box(b"hdlr", bytes(4) + b"pict" + bytes(13))
            + build_full_box(b"pitm", struct.pack(">H", len(names)))
            + build_full_box(
                b"iloc", b"\x44\0" + struct.pack(">H", len(payloads)) + locations, version=1
            )
            + build_full_box(b"iinf", struct.pack(">H", len(names)) + infos)
            + iref
            + build_box(b"iprp", iprp),
        )

    start = len(ftyp) + len(build_meta(0)) + 8
    return ftyp + build_meta(start) + build_box(b"mdat", b"".join(payloads))
