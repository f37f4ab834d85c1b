"""Hostile files for what we repair: pictures without an end, checksums, and colour profiles."""

import random
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.heif_files import build_box, build_file
from tests.pictures import build_chunk, build_quadrants, encode
from tests.profiles import DISPLAY_P3, build_matrix_profile

Parts = Iterator[tuple[str, bytes]]

_SEED = 6
_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_PROFILE = build_matrix_profile(DISPLAY_P3)
_LARGEST = 7_071  # Side of a square picture within the limit of 50 megapixels


def build_endless_jpegs() -> Parts:
    """JPEGs without an end mark, with anything behind their pixels."""
    picture = build_quadrants(320, 200)
    tails = {
        "nothing": b"",
        "half-a-mark": b"\xff",
        "fill-bytes": b"\xff" * 1_000_000,
        "zeros": bytes(1_000_000),
        "restarts": b"\xff\xd0" * 100_000,
        "scan-marks": b"\xff\xda" * 100_000,
        "empty-scans": b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 99,
        "too-many-scans": b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 101,
        "frames": b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff\1\1\x11\0" * 1_000,
        "tables": b"\xff\xdb\0\x43" + bytes(65) + b"\xff\xc4\xff\xff" + b"\xff" * 65_533,
        "film": b"\0\0\0\x18ftypmp42" + random.Random(_SEED).randbytes(1_000_000),
        "picture": encode(picture, "JPEG"),
        "picture-without-end": encode(picture, "JPEG")[:-2],
    }
    for mode in ("baseline", "progressive", "restart"):
        options = {"progressive": mode == "progressive"}
        if mode == "restart":
            options["restart_marker_rows"] = True
        data = encode(picture, "JPEG", **options)
        for name, tail in tails.items():
            yield f"{mode}-{name}.jpg", data[:-2] + tail
    large = Image.new("RGB", (_LARGEST, _LARGEST), (90, 140, 20))
    yield "50-megapixels.jpg", encode(large, "JPEG")[:-2]
    yield "50-megapixels-progressive.jpg", encode(large, "JPEG", progressive=True)[:-2]


def build_broken_streams() -> Parts:
    """PNGs whose compressed pixels need a repair."""
    rows = b"".join(b"\0" + bytes(96 * 3) for _ in range(64))
    stream = zlib.compress(rows)
    streams = {
        "no-header": stream[2:],
        "header-only": stream[:2],
        "one-byte": stream[:1],
        "wrong-header": b"\xff\xff" + stream[2:],
        "too-few-rows": zlib.compress(rows[:-1]),
        "bomb-behind": zlib.compress(rows + bytes(50_000_000), 9)[:-4],
        "empty-blocks": stream[:2] + b"\0\0\0\xff\xff" * 200_000 + stream[2:],
        "empty-blocks-only": stream[:2] + b"\0\0\0\xff\xff" * 200_000,
        "wrong-filter": zlib.compress(b"\xff" * len(rows))[:-4],
        "far-distance": b"\x08\x1d" + stream[2:],
        "random": b"\x78\x01" + random.Random(_SEED).randbytes(5_000),
    }
    for name, changed in streams.items():
        yield f"{name}.png", _build_png(96, 64, 8, 2, changed)
        yield f"{name}-interlaced.png", _build_png(96, 64, 8, 2, changed, interlace=1)
    # 50 megapixels inflate once for the decoder and once for the repair.
    for depth, colour, size in ((8, 2, 3), (8, 6, 4), (1, 0, 0.125)):
        row = b"\0" + bytes(-(-int(_LARGEST * size * 8) // 8))
        large = zlib.compress(row * _LARGEST, 1)[:-4]
        yield (
            f"50-megapixels-{depth}-{colour}.png",
            _build_png(_LARGEST, _LARGEST, depth, colour, large),
        )


def build_too_deep() -> Parts:
    """PNGs of more decoded bytes than we give one picture: refused from the header."""
    for depth, colour in ((16, 2), (16, 6), (16, 4)):
        stream = zlib.compress(bytes(1_000_000), 9)
        yield f"{depth}-{colour}.png", _build_png(_LARGEST, _LARGEST, depth, colour, stream)


def build_transparent_levels() -> Parts:
    """`tRNS` of other lengths and levels than the colour type has."""
    for colour in (0, 2, 3, 4, 6):
        for length in (0, 1, 2, 3, 6, 256, 300):
            yield (
                f"{colour}-{length}.png",
                _build_png(96, 64, 8, colour, _inflate_later(colour), trns=b"\xff" * length),
            )


def build_profiles() -> Parts:
    """Each hostile ICC profile in each format."""
    picture = build_quadrants(96, 64)
    for name, icc in _list_profiles():
        for kind in ("JPEG", "PNG", "WEBP"):
            yield f"{name}.{kind.lower()}", encode(picture, kind, icc_profile=icc)
        extra = [build_box(b"colr", b"prof" + icc)]
        yield f"{name}.heic", build_file(picture, "HEIF", extra=extra)
        yield f"{name}.avif", build_file(picture, "AVIF", extra=extra)


def _list_profiles() -> Parts:
    yield "no-bytes", b"\0"
    yield "header-only", _PROFILE[:128]
    yield "letters", b"A" * 1_000
    for part in range(1, 8):
        yield f"{part}-of-8", _PROFILE[: len(_PROFILE) * part // 8]
    yield from _list_wrong_tags()
    yield from _list_wrong_values()
    for space in (b"CMYK", b"GRAY", b"Lab ", b"XYZ ", b"FCLR", b"\0\0\0\0"):
        yield f"space-{space!r}", _PROFILE[:16] + space + _PROFILE[20:]
    random_ = random.Random(_SEED)
    for number in range(10):
        changed = bytearray(_PROFILE)
        for _ in range(1 + 3 * number):
            changed[random_.randrange(len(_PROFILE))] = random_.randrange(256)
        yield f"changed-{number}", bytes(changed)


def _list_wrong_tags() -> Parts:
    for count in (0, 101, 0xFFFF, 0xFFFFFFFF):
        yield f"{count}-tags", _PROFILE[:128] + struct.pack(">I", count) + _PROFILE[132:]
    for name in (b"rXYZ", b"rTRC", b"wtpt"):
        at = _PROFILE.index(name, 132)
        for value in (0, 1, len(_PROFILE) - 1, 0x7FFFFFFF, 0xFFFFFFFF):
            where = struct.pack(">I", value)
            head = _PROFILE[: at + 4]
            yield f"{name.decode()}-at-{value}", head + where + _PROFILE[at + 8 :]
            yield f"{name.decode()}-of-{value}", _PROFILE[: at + 8] + where + _PROFILE[at + 12 :]


def _list_wrong_values() -> Parts:
    for name, curve in {
        "curve-of-4294967295": b"curv\0\0\0\0\xff\xff\xff\xff",
        "curve-of-zeros": b"curv\0\0\0\0" + struct.pack(">I", 4_096) + bytes(8_192),
        "parameters-of-zero": b"para\0\0\0\0\0\4\0\0" + bytes(28),
        "parameters-of-nothing": b"para\0\0\0\0\0\x63\0\0",
        "parameters-huge": b"para\0\0\0\0\0\4\0\0" + b"\x7f\xff\xff\xff" * 7,
        "parameters-negative": b"para\0\0\0\0\0\4\0\0" + b"\x80\0\0\0" * 7,
    }.items():
        yield name, build_matrix_profile(DISPLAY_P3, curve)
    yield "black-matrix", build_matrix_profile(((0, 0, 0),) * 3)
    yield "huge-matrix", build_matrix_profile(((32_000, -32_000, 32_000),) * 3)
    with_table = _PROFILE.replace(b"rTRC", b"A2B0", 1)
    at = with_table.index(b"para")
    for table in (b"mft1", b"mft2", b"mAB "):
        tail = bytes(4) + b"\xff" * 40 + with_table[at + 48 :]
        yield table.decode(), with_table[:at] + table + tail


def _build_png(
    width: int,
    height: int,
    depth: int,
    colour: int,
    stream: bytes,
    *,
    interlace: int = 0,
    trns: bytes | None = None,
) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    palette = build_chunk(b"PLTE", bytes(range(256)) * 3) if colour == 3 else b""
    transparency = build_chunk(b"tRNS", trns) if trns is not None else b""
    head = _SIGNATURE + build_chunk(b"IHDR", header) + palette + transparency
    return head + build_chunk(b"IDAT", stream) + build_chunk(b"IEND", b"")


def _inflate_later(colour: int) -> bytes:
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    return zlib.compress((b"\0" + b"\xff" * 96 * channels) * 64)
