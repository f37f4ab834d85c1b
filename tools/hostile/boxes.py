"""Hostile HEIC and AVIF files: boxes with false lengths, lying sizes, grids, damaged properties."""

import random
import struct
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from PIL import Image

from tests.heif_files import (
    Kind,
    build_box,
    build_crop,
    build_file,
    build_full_box,
    build_mirror,
    build_transparent,
    build_turn,
    encode_item,
    replace_alpha,
)
from tests.pictures import build_quadrants, encode
from tests.profiles import DISPLAY_P3, build_matrix_profile

Parts = Iterator[tuple[str, bytes]]
Build = Callable[[Kind], Parts]

_CONTAINERS = frozenset({b"meta", b"iprp", b"ipco", b"iinf", b"iref", b"moov", b"trak", b"mdia"})
_LENGTHS = (0, 1, 2, 7, 8, 9, 0x7FFFFFFF, 0xFFFFFFFF)
_NUMBERS = (0, 1, 0x7F, 0xFF)
_HEADER_BYTES = 700
_SEED = 6
_DAMAGED = 12

_FAST: dict[Kind, dict[str, Any]] = {
    "AVIF": {"speed": 10},
    "HEIF": {"enc_params": {"preset": "ultrafast"}},
}
_LARGEST = 7_070  # Side of a square picture within 50 megapixels. Grids of AVIF need even sides


@lru_cache
def build_sound_files(kind: Kind) -> dict[str, bytes]:
    """Valid files to damage: one picture, tiles, transparency, grey, turned with a profile."""
    noise = Image.frombytes("RGB", (128, 128), random.Random(_SEED).randbytes(128 * 128 * 3))
    picture = build_quadrants(192, 128)
    profile = build_box(b"colr", b"prof" + build_matrix_profile(DISPLAY_P3))
    turned = [build_turn(1), build_mirror(0)]
    return {
        "whole": build_file(picture, kind),
        "noise": build_file(noise, kind, quality=90),
        "tiles": build_file(picture, kind, tile_px=64),
        "turned": build_file(picture, kind, extra=[profile], turns=turned),
        "transparent": build_transparent(picture, kind, quality=60),
    }


def list_boxes(data: bytes, start: int = 0, end: int | None = None) -> list[int]:
    """Offsets of all boxes of a valid file, inner ones included."""
    at, end, found = start, len(data) if end is None else end, list[int]()
    while at + 8 <= end:
        length, name = struct.unpack_from(">I4s", data, at)
        if length < 8:
            break
        found.append(at)
        if name in _CONTAINERS:
            skipped = {b"meta": 4, b"iref": 4, b"iinf": 6}.get(name, 0)
            found += list_boxes(data, at + 8 + skipped, at + length)
        at += length
    return found


def build_cut(kind: Kind) -> Parts:
    """Files that end at or in a box, or in the middle of the pixels."""
    for name, data in build_sound_files(kind).items():
        cuts = {at + step for at in list_boxes(data) for step in (0, 4, 8)}
        cuts |= {len(data) * part // 8 for part in range(1, 8)} | {len(data) - 1, len(data) - 2}
        for cut in sorted(cuts):
            yield f"{cut}-bytes-of-{name}", data[:cut]


def build_changed(kind: Kind) -> Parts:
    """Some bytes changed: in the boxes, and anywhere."""
    random_ = random.Random(_SEED)
    for name, data in build_sound_files(kind).items():
        for place, end in (("boxes", min(_HEADER_BYTES, len(data))), ("anywhere", len(data))):
            for number in range(_DAMAGED):
                changed = bytearray(data)
                for _ in range(1 + number):
                    changed[random_.randrange(8, end)] = random_.randrange(256)
                yield f"{place}-{number}-{name}", bytes(changed)


def build_wrong_lengths(kind: Kind) -> Parts:
    """Each box with lengths of zero, too short, and past the end of the file."""
    for name in ("whole", "tiles"):
        data = build_sound_files(kind)[name]
        for at in list_boxes(data):
            for length in _LENGTHS:
                yield f"{name}-{at}-{length}", _patch(data, at, struct.pack(">I", length))
            huge = struct.pack(">I4sQ", 1, data[at + 4 : at + 8], 2**63)
            yield f"{name}-{at}-64-bits", _patch(data, at, huge)
    ftyp = build_sound_files(kind)["whole"][:28]
    yield "nested-meta", ftyp + _nest(b"meta", 2_000)
    yield "nested-iprp", ftyp + build_full_box(b"meta", _nest(b"iprp", 2_000))
    yield "100000-boxes", ftyp + build_box(b"free", b"") * 100_000
    yield "100000-properties", ftyp + build_full_box(b"meta", _fill(100_000))


def build_damaged_properties(kind: Kind) -> Parts:
    """Properties that are empty, cut, of other values, turned impossibly or missing."""
    picture = build_quadrants(96, 64)
    data = build_sound_files(kind)["whole"]
    for name in ("hvcC", "av1C", "ispe", "pixi", "colr", "ipma", "iloc", "pitm", "iinf"):
        at = data.find(name.encode())
        if at < 0:
            continue
        yield f"no-{name}", _patch(data, at, b"free")
        for step in range(4, 20):
            for value in _NUMBERS:
                yield f"{name}-{step}-{value}", _patch(data, at + step, bytes([value]))
    for name, extra in {
        "turn-255": build_turn(255),
        "mirror-255": build_mirror(255),
        "no-turn": build_box(b"irot", b""),
        "crop-by-zero": build_box(b"clap", bytes(32)),
        "crop-negative": build_box(b"clap", struct.pack(">8i", -9, 1, -9, 1, 0, 1, 0, 1)),
        "crop-outside": build_crop(40, 40, 10_000, -10_000),
        "crop-of-one": build_crop(1, 1, 0, 0),
        "crop-huge": build_crop(2**31 - 1, 2**31 - 1, 0, 0),
        "unknown": build_box(b"what", bytes(100)),
        "cut-numbers": build_box(b"colr", b"nclx\0"),
        "odd-numbers": build_box(b"colr", b"nclx" + struct.pack(">HHHB", 99, 77, 55, 255)),
        "empty-profile": build_box(b"colr", b"prof"),
        "letters": build_box(b"colr", b"prof" + b"A" * 60_000),
    }.items():
        yield name, build_file(picture, kind, extra=[extra])
    yield "200-turns", build_file(picture, kind, turns=[build_turn(n % 4) for n in range(100)])


def build_lying_sizes(kind: Kind) -> Parts:
    """Sizes that the pixels do not have."""
    picture = build_quadrants(96, 64)
    sides = (0, 1, 31, 95, 97, 192, 7_000, 16_384, 65_536, 2**31 - 1, 2**32 - 1)
    for side in sides:
        for tile_px in (None, 64):
            yield f"{side}-{tile_px}", build_file(picture, kind, tile_px=tile_px, claims=(side, 64))
            both = build_file(picture, kind, tile_px=tile_px, claims=(side, side))
            yield f"{side}-squared-{tile_px}", both


def build_grids(kind: Kind) -> Parts:
    """Grids that name a tile many times, name themselves, or have too few tiles."""
    data = build_sound_files(kind)["tiles"]
    at = data.index(b"dimg")
    item, count = struct.unpack_from(">HH", data, at + 4)
    for name, ids in {
        "itself": [item] * count,
        "one-tile": [1] * count,
        "missing": [900] * count,
        "first-itself": [item, *range(2, count + 1)],
    }.items():
        yield name, _patch(data, at + 8, struct.pack(f">{count}H", *ids))
    for claimed in (0, 1, count - 1, count + 1, 2_000, 2_001, 0xFFFF):
        yield f"names-{claimed}", _patch(data, at + 6, struct.pack(">H", claimed))
    grid = data.rindex(struct.pack(">II", 192, 128)) - 4
    for rows, columns in ((0, 0), (1, 0), (2, 1), (255, 255), (0, 5)):
        yield f"{rows}-rows-{columns}-columns", _patch(data, grid + 2, bytes([rows, columns]))
    for flags in (1, 2, 255):
        yield f"flags-{flags}", _patch(data, grid + 1, bytes([flags]))
    for side in (0, 1, 8_000, 2**16 - 1):
        yield f"output-{side}", _patch(data, grid + 4, struct.pack(">II", side, side))
        yield f"output-16-bits-{side}", _patch(data, grid + 4, struct.pack(">HH", side, side))


def build_bombs(kind: Kind) -> Parts:
    """Files with more pixels than we accept. Some have a header that states fewer."""
    wide = Image.new("RGB", (9_000, 7_000), (90, 140, 20))
    yield "63-megapixels", build_file(wide, kind, tile_px=1_000, **_FAST[kind])
    # libheif refuses every picture that is larger than it claims. Encoding 63 megapixels is slow.
    hidden = wide if kind == "AVIF" else wide.resize((2_000, 1_500))
    yield "hidden", build_file(hidden, kind, claims=(96, 64), **_FAST[kind])
    if kind == "AVIF":
        _, coded = encode_item(wide.convert("L"), kind, **_FAST[kind])
        clear = build_transparent(build_quadrants(), kind)
        yield "transparency-of-63-megapixels", replace_alpha(clear, coded)
    for side in (7_072, 65_535, 2**32 - 1):
        yield f"claims-{side}", build_file(build_quadrants(), kind, claims=(side, side))


def build_giants(kind: Kind) -> Parts:
    """Files just within the limits, which are decoded."""
    side = Image.new("RGB", (_LARGEST, _LARGEST), (90, 140, 20))
    phone = side.resize((4_032, 3_024))
    yield "12-megapixels-with-alpha", build_transparent(phone, kind, **_FAST[kind])
    yield "50-megapixels-in-tiles", build_file(side, kind, tile_px=1_024, **_FAST[kind])
    noise = Image.frombytes("RGB", (1_024, 1_024), random.Random(_SEED).randbytes(3 << 20))
    yield "noise", build_file(noise, kind, tile_px=512, quality=80, **_FAST[kind])


def build_sequences(_kind: Kind) -> Parts:
    """AVIF sequences: an animation."""
    frames = [build_quadrants(64, 64).rotate(90 * turn) for turn in range(4)]
    for count in (2, 3, 4):
        data = encode(frames[0], "AVIF", save_all=True, append_images=frames[1:count])
        yield f"{count}-frames", data


def build_cut_sequences(_kind: Kind) -> Parts:
    """The same, damaged so that its number of frames is not known."""
    ((_, data), *_) = build_sequences("AVIF")
    for at in list_boxes(data):
        for length in (0, 8, 0xFFFFFFFF):
            yield f"{at}-{length}", _patch(data, at, struct.pack(">I", length))
    for name in (b"stsz", b"stbl", b"moov", b"trak"):
        yield f"no-{name.decode()}", data.replace(name, b"free")


def _patch(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def _nest(name: bytes, depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = build_full_box(name, data) if name == b"meta" else build_box(name, data)
    return data


def _fill(count: int) -> bytes:
    return build_box(b"iprp", build_box(b"ipco", build_turn(1) * count))
