"""Hostile files with false claims: sizes, lengths, and blocks that grow when they are read."""

import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from tests.pictures import build_bomb, build_chunk, build_quadrants, encode

Parts = Iterator[tuple[str, bytes]]

JPEG, PNG, WEBP = (encode(build_quadrants(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP"))
_SIGNATURE = PNG[:8]
_AFTER_IHDR = 33
_FRAME = JPEG.index(b"\xff\xc0")
_LENGTHS = (0, 1, 2, 3, 7, 0x7FFF, 0xFFFF)
_LONG_LENGTHS = (0, 1, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF)


def build_bombs() -> Parts:
    """Small files that claim, or really have, more pixels than we accept."""
    for side in (7_072, 10_000, 20_000, 30_000):
        yield f"{side}.png", build_bomb(side)
    for width, height in ((60_000, 900), (900, 60_000), (65_535, 65_535), (2**31 - 1, 2**31 - 1)):
        yield f"claims-{width}x{height}.png", _claim_png(width, height)
        if width < 2**16:
            yield f"claims-{width}x{height}.jpg", _claim_jpeg(width, height)
    for side in (7_072, 16_383, 2**24):
        yield f"claims-{side}.webp", _claim_webp(side, side)
    black = Image.new("L", (8_000, 8_000))
    yield "64-megapixels.jpg", encode(black, "JPEG")
    yield "64-megapixels-progressive.jpg", encode(black, "JPEG", progressive=True)
    yield "64-megapixels.webp", encode(black, "WEBP", lossless=True, method=0)


def build_scan_bombs() -> Parts:
    """Progressive JPEGs with many scans. A scan has few bytes and needs a pass over all pixels.

    https://libjpeg-turbo.org/pmwiki/uploads/About/TwoIssueswiththeJPEGStandard.pdf
    """
    small = encode(Image.new("RGB", (2_000, 2_000)), "JPEG", progressive=True)
    large = encode(Image.new("RGB", (7_000, 7_000)), "JPEG", progressive=True)
    yield "2000-scans.jpg", _repeat_scans(small, 2_000)
    yield "1000-scans-of-49-megapixels.jpg", _repeat_scans(large, 1_000)
    yield "150000-scans.jpg", _repeat_scans(small, 150_000)[: 20 << 20]


def build_giants() -> Parts:
    """Files just within the limits, which are decoded."""
    yield "50-megapixels.png", build_bomb(7_071)
    yield "33-rows.png", build_bomb(1_000_000, 33)
    rgb = Image.new("RGB", (7_071, 7_071), (90, 140, 20))
    small = rgb.resize((2_500, 2_500))
    yield "rgb.png", encode(rgb, "PNG", compress_level=1)
    yield "alpha.png", encode(rgb.convert("RGBA"), "PNG", compress_level=1)
    yield "baseline.jpg", encode(rgb, "JPEG")
    yield "progressive.jpg", encode(rgb, "JPEG", progressive=True)
    yield "lossless.webp", encode(rgb, "WEBP", lossless=True, method=0)
    # Photoshop and mozjpeg write at most a few tens of scans.
    yield "many-scans.jpg", _repeat_scans(encode(small, "JPEG", progressive=True), 85)


def build_wrong_lengths() -> Parts:
    """Segments and chunks with a wrong length."""
    for at in [at for at in range(2, len(JPEG) - 4) if JPEG[at] == 0xFF and JPEG[at + 1] > 0xBF]:
        for length in _LENGTHS:
            yield f"{at}-{length}.jpg", JPEG[: at + 2] + struct.pack(">H", length) + JPEG[at + 4 :]
    chunk_at = 8
    while chunk_at < len(PNG):
        for length in _LONG_LENGTHS:
            changed = PNG[:chunk_at] + struct.pack(">I", length) + PNG[chunk_at + 4 :]
            yield f"{chunk_at}-{length}.png", changed
        chunk_at += 12 + int(struct.unpack_from(">I", PNG, chunk_at)[0])
    for at in (4, 16):  # Length of the file, length of its first chunk
        for length in _LONG_LENGTHS:
            yield f"{at}-{length}.webp", WEBP[:at] + struct.pack("<I", length) + WEBP[at + 4 :]


def build_impossible_headers() -> Parts:
    """Header values that no encoder writes."""
    yield from _build_impossible_pngs()
    for components in (0, 2, 5, 255):
        yield f"{components}-components.jpg", _patch(JPEG, _FRAME + 9, bytes([components]))
    for precision in (0, 1, 12, 16, 255):
        yield f"{precision}-bits.jpg", _patch(JPEG, _FRAME + 4, bytes([precision]))
    for sampling in (0x00, 0x0F, 0xF0, 0xFF, 0x55):
        yield f"sampling-{sampling}.jpg", _patch(JPEG, _FRAME + 11, bytes([sampling]))
    for marker in range(0xC1, 0xD0):
        yield f"frame-{marker:x}.jpg", _patch(JPEG, _FRAME + 1, bytes([marker]))


def _build_impossible_pngs() -> Parts:
    for depth in (0, 1, 2, 3, 4, 8, 16, 32, 255):
        for colour in (0, 1, 2, 3, 4, 5, 6, 255):
            header = struct.pack(">IIBBBBB", 96, 64, depth, colour, 0, 0, 0)
            yield f"depth-{depth}-colour-{colour}.png", _replace_header(header)
    for field, values in {10: (1, 255), 11: (1, 255), 12: (1, 2, 255)}.items():
        for value in values:
            changed = bytearray(struct.pack(">IIBBBBB", 96, 64, 8, 2, 0, 0, 0))
            changed[field] = value
            yield f"field-{field}-{value}.png", _replace_header(bytes(changed))
    for width, height in ((0, 0), (0, 64), (96, 0), (1, 1), (31, 32), (32, 31), (65_535, 1)):
        yield f"{width}x{height}.png", _claim_png(width, height)
        yield f"{width}x{height}.jpg", _claim_jpeg(width, height)


def build_exif() -> Parts:
    """EXIF blocks with loops, without an end, or with offsets outside of the file."""

    def block(order: bytes, count: int, entries: bytes, following: int) -> bytes:
        sign = "<" if order == b"II" else ">"
        head = order + struct.pack(sign + "HI", 42, 8)
        return head + struct.pack(sign + "H", count) + entries + struct.pack(sign + "I", following)

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        return struct.pack("<HHII", tag, kind, count, value)

    nested = b"".join(entry(0x8769, 4, 1, 8) for _ in range(5_000))
    # Each of three kinds of directories is this one, 333 times.
    knot = (entry(0x8769, 4, 1, 8) + entry(0xA001, 3, 1, 0xFFFF) + entry(0xA005, 4, 1, 8)) * 333
    blocks = {
        "circle": block(b"II", 1, entry(0x8769, 4, 1, 8), 8),
        "65535-entries": block(b"II", 65_535, entry(0, 1, 1, 1), 0),
        "5000-nested": block(b"II", 5_000, nested, 8),
        "knot": block(b"II", 999, knot, 8),
        "points-outside": b"II*\0" + struct.pack("<I", 0xFFFFFFFF),
        "huge-count": block(b"MM", 1, struct.pack(">HHII", 0x0112, 3, 0xFFFFFFFF, 6 << 16), 0),
        "gps-script": block(b"II", 1, entry(0x8825, 4, 1, 26), 0) + b"<script>" * 100,
        "empty": b"",
        "letters": b"A" * 60_000,
    }
    for value in (0, 9, 255, 65_535):
        blocks[f"orientation-{value}"] = block(b"II", 1, entry(0x0112, 3, 1, value), 0)
    for name, exif in blocks.items():
        payload = b"Exif\0\0" + exif
        if len(payload) < 65_534:
            segment = b"\xff\xe1" + struct.pack(">H", len(payload) + 2) + payload
            yield f"{name}.jpg", JPEG[:2] + segment + JPEG[2:]
        yield f"{name}.png", _insert(build_chunk(b"eXIf", exif))
        yield f"{name}.webp", _extend_webp(b"EXIF", exif)


def build_compressed_extras() -> Parts:
    """Metadata blocks that grow when they are unpacked, and very many of them."""
    bomb = zlib.compress(bytes(50_000_000), 9)
    yield "iccp-bomb.png", _insert(build_chunk(b"iCCP", b"p\0\0" + bomb))
    yield "ztxt-bomb.png", _insert(build_chunk(b"zTXt", b"t\0\0" + bomb))
    yield "itxt-bomb.png", _insert(build_chunk(b"iTXt", b"t\0\1\0\0\0" + bomb))
    yield (
        "idat-bomb.png",
        PNG[:_AFTER_IHDR] + build_chunk(b"IDAT", bomb) + build_chunk(b"IEND", b""),
    )
    yield "100000-chunks.png", _insert(build_chunk(b"tEXt", b"k\0v") * 100_000)
    yield "100000-segments.jpg", JPEG[:2] + b"\xff\xfe\0\3a" * 100_000 + JPEG[2:]
    yield "fill-bytes.jpg", JPEG[:2] + b"\xff" * 5_000_000 + JPEG[2:]
    yield (
        "255-icc-segments.jpg",
        encode(build_quadrants(96, 64), "JPEG", icc_profile=bytes(255 * 65_000)),
    )
    yield "huge-icc.webp", _extend_webp(b"ICCP", bytes(15_000_000))
    yield "100000-chunks.webp", _extend_webp(b"junk", b"", count=100_000)
    yield "plte-missing.png", _replace_header(struct.pack(">IIBBBBB", 96, 64, 8, 3, 0, 0, 0))
    yield "trns-long.png", _insert(build_chunk(b"tRNS", bytes(5_000)))


def _patch(data: bytes, at: int, value: bytes) -> bytes:
    return data[:at] + value + data[at + len(value) :]


def _replace_header(header: bytes) -> bytes:
    return _SIGNATURE + build_chunk(b"IHDR", header) + PNG[_AFTER_IHDR:]


def _claim_png(width: int, height: int) -> bytes:
    return _replace_header(struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))


def _claim_jpeg(width: int, height: int) -> bytes:
    return _patch(JPEG, _FRAME + 5, struct.pack(">HH", height, width))


def _claim_webp(width: int, height: int) -> bytes:
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return _riff(b"VP8X" + struct.pack("<I", 10) + bytes(4) + size + WEBP[12:])


def _extend_webp(kind: bytes, payload: bytes, count: int = 1) -> bytes:
    size = (95).to_bytes(3, "little") + (63).to_bytes(3, "little")
    flags = {b"EXIF": 8, b"ICCP": 32}.get(kind, 0)
    extra = (kind + struct.pack("<I", len(payload)) + payload + bytes(len(payload) % 2)) * count
    head = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + size
    body = extra + WEBP[12:] if kind == b"ICCP" else WEBP[12:] + extra
    return _riff(head + body)


def _riff(body: bytes) -> bytes:
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _insert(chunk: bytes) -> bytes:
    return PNG[:_AFTER_IHDR] + chunk + PNG[_AFTER_IHDR:]


def _repeat_scans(data: bytes, times: int) -> bytes:
    """Repeat the last scan of a progressive JPEG."""
    at = data.rindex(b"\xff\xda")
    return data[:at] + data[at:-2] * times + data[-2:]
