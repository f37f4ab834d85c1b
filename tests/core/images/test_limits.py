import struct
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from pipeline.core.errors import (
    AnimatedImageError,
    EmptyImageError,
    ImageTooComplexError,
    ImageTooLargeError,
    ImageTooSmallError,
    PermanentError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX, read_header
from tests.pictures import (
    FORMATS,
    build_bomb,
    build_chunk,
    build_quadrants,
    encode,
    encode_turned,
)

PICTURE = build_quadrants(width=96, height=64)
FILES = {kind: encode(PICTURE, kind) for kind in FORMATS}
LOSSLESS_WEBP = encode(PICTURE, "WEBP", lossless=True)


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because headers need none."""


@pytest.mark.parametrize("kind", FORMATS)
def test_the_header_tells_type_and_size(kind: str) -> None:
    header = read_header(FILES[kind])

    assert header.content_type == f"image/{kind.lower()}"
    assert (header.width, header.height, header.orientation) == (96, 64, 1)


def test_the_size_of_a_lossless_webp_is_read() -> None:
    header = read_header(LOSSLESS_WEBP)

    assert (header.width, header.height) == (96, 64)


def test_the_size_of_a_transparent_webp_is_read() -> None:
    transparent = Image.new("RGBA", (96, 64), (10, 20, 30, 128))

    header = read_header(encode(transparent, "WEBP"))

    assert (header.width, header.height) == (96, 64)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_width_and_height_are_those_of_the_upright_picture(kind: str, orientation: int) -> None:
    header = read_header(encode_turned(PICTURE, kind, orientation))

    assert header.orientation == orientation
    assert (header.width, header.height) == ((96, 64) if orientation <= 4 else (64, 96))


def test_exif_after_the_pixels_of_a_png_is_read() -> None:
    turned = encode_turned(PICTURE, "PNG", 6)
    at = turned.index(b"eXIf") - 4
    (length,) = struct.unpack_from(">I", turned, at)
    chunk = turned[at : at + 12 + length]
    moved = turned.replace(chunk, b"").replace(build_chunk(b"IEND", b""), chunk)

    header = read_header(moved + build_chunk(b"IEND", b""))

    assert header.orientation == 6


@pytest.mark.parametrize("byte_order", ["<", ">"])
@pytest.mark.parametrize("value", [0, 9, 6])
def test_an_orientation_out_of_range_is_ignored(byte_order: str, value: int) -> None:
    mark = b"II*\0" if byte_order == "<" else b"MM\0*"
    exif = mark + struct.pack(byte_order + "IHHHIHH", 8, 1, 0x0112, 3, 1, value, 0)

    header = read_header(encode(PICTURE, "JPEG", exif=b"Exif\0\0" + exif))

    assert header.orientation == (6 if value == 6 else 1)


@pytest.mark.parametrize(
    "exif",
    [b"nonsense", b"II*\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\xff\xff"],
    ids=["no TIFF", "no offset", "offset past the end", "entries past the end"],
)
def test_a_picture_with_a_damaged_exif_block_is_accepted(exif: bytes) -> None:
    header = read_header(encode(PICTURE, "JPEG", exif=b"Exif\0\0" + exif))

    assert header.orientation == 1


def test_bytes_between_the_segments_of_a_jpeg_are_skipped_as_decoders_do() -> None:
    soi, rest = FILES["JPEG"][:2], FILES["JPEG"][2:]

    header = read_header(soi + b"\xff\xff" + rest[:18] + b"\0\0\0" + rest[18:])

    assert (header.width, header.height) == (96, 64)


def test_a_file_without_bytes_is_an_empty_image() -> None:
    with pytest.raises(EmptyImageError):
        read_header(b"")


def test_a_file_one_byte_over_the_limit_is_too_large() -> None:
    padded = FILES["JPEG"].ljust(MAX_BYTES, b"\0")

    assert read_header(padded).width == 96
    with pytest.raises(ImageTooLargeError):
        read_header(padded + b"\0")


@pytest.mark.parametrize(
    "data",
    [
        encode(PICTURE, "GIF"),
        encode(PICTURE, "BMP"),
        encode(PICTURE, "TIFF"),
        b"%PDF-1.7 " * 10,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\xff",
    ],
    ids=["gif", "bmp", "tiff", "pdf", "svg", "wave", "one byte"],
)
def test_other_formats_are_unsupported(data: bytes) -> None:
    with pytest.raises(UnsupportedFormatError):
        read_header(data)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [PICTURE, PICTURE.rotate(180)]

    with pytest.raises(AnimatedImageError):
        read_header(encode(frames[0], kind, save_all=True, append_images=frames[1:]))


@pytest.mark.parametrize("kind", FORMATS)
def test_a_side_below_the_limit_is_too_small(kind: str) -> None:
    assert read_header(encode(Image.new("RGB", (MIN_SIDE_PX, 900)), kind)).width == MIN_SIDE_PX
    with pytest.raises(ImageTooSmallError):
        read_header(encode(Image.new("RGB", (900, MIN_SIDE_PX - 1)), kind))


def test_a_picture_with_exactly_the_limit_of_pixels_is_accepted() -> None:
    width, height = 10_000, MAX_PIXELS // 10_000
    full = _resize_png(width, height)
    over = _resize_png(width, height + 1)

    assert read_header(full).width == width
    with pytest.raises(TooManyPixelsError):
        read_header(over)


def test_a_decompression_bomb_is_refused_without_decoding() -> None:
    bomb = build_bomb(30_000)
    assert len(bomb) < 150_000

    tracemalloc.start()
    with pytest.raises(TooManyPixelsError):
        read_header(bomb)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 100_000


def test_a_picture_of_zero_pixels_is_unreadable() -> None:
    with pytest.raises(UnreadableImageError):
        read_header(_resize_png(0, 64))


@pytest.mark.parametrize(
    "data",
    [
        FILES["JPEG"][:20],
        FILES["JPEG"][:2] + b"\xff\xda",
        FILES["PNG"][:20],
        FILES["PNG"].replace(b"IHDR", b"IDAT"),
        FILES["WEBP"][:24],
        FILES["WEBP"].replace(b"\x9d\x01\x2a", b"\0\0\0"),
        LOSSLESS_WEBP[:20] + b"\0" + LOSSLESS_WEBP[21:],
        b"RIFF\0\0\0\0WEBPnone",
    ],
    ids=[
        "jpeg cut",
        "jpeg without frame",
        "png cut",
        "png without header",
        "webp cut",
        "webp without start code",
        "webp without signature",
        "webp of an unknown kind",
    ],
)
def test_a_damaged_header_is_unreadable(data: bytes) -> None:
    with pytest.raises(UnreadableImageError):
        read_header(data)


def test_a_jpeg_of_fill_bytes_is_refused_early() -> None:
    with pytest.raises(UnreadableImageError):
        read_header(FILES["JPEG"][:2] + b"\xff" * 100_000 + FILES["JPEG"][2:])


@pytest.mark.parametrize(
    ("kind", "at", "chunk"),
    [("PNG", 33, build_chunk(b"junk", b"")), ("WEBP", 30, b"junk\1\0\0\0 \0")],
)
def test_a_file_of_empty_chunks_is_refused_early(kind: str, at: int, chunk: bytes) -> None:
    turned = encode_turned(PICTURE, kind, 6)

    few = read_header(_insert(turned, at, chunk * 100))
    many = read_header(_insert(turned, at, chunk * 100_000))

    assert (few.orientation, many.orientation) == (6, 1)


def _insert(data: bytes, at: int, chunks: bytes) -> bytes:
    longer = data[:at] + chunks + data[at:]
    if longer.startswith(b"RIFF"):
        longer = longer[:4] + struct.pack("<I", len(longer) - 8) + longer[8:]
    return longer


_PREFIXES = st.sampled_from(
    [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBPVP8X", *FILES.values()]
)


@given(_PREFIXES, st.binary(max_size=400))
@example(b"\xff\xd8\xff", b"")
def test_any_bytes_give_a_header_within_the_limits_or_a_permanent_error(
    prefix: bytes, rest: bytes
) -> None:
    _check(prefix + rest)


_POSITIONS = st.integers(0, 600)


@given(st.sampled_from([*FILES.values(), LOSSLESS_WEBP]), _POSITIONS, st.binary(max_size=8))
def test_a_damaged_file_gives_a_header_within_the_limits_or_a_permanent_error(
    data: bytes, at: int, damage: bytes
) -> None:
    _check(data[:at] + damage + data[at + len(damage) :])


@given(st.integers(1, 8), st.sampled_from(FORMATS), _POSITIONS)
def test_a_cut_file_gives_a_header_within_the_limits_or_a_permanent_error(
    orientation: int, kind: str, at: int
) -> None:
    _check(encode_turned(PICTURE, kind, orientation)[:at])


def _check(data: bytes) -> None:
    try:
        header = read_header(data)
    except PermanentError:
        return
    assert min(header.width, header.height) >= MIN_SIDE_PX
    assert header.width * header.height <= MAX_PIXELS
    assert 1 <= header.orientation <= 8


def _resize_png(width: int, height: int) -> bytes:
    """Change the size in the header, where nothing checks it against the pixels."""
    return FILES["PNG"][:16] + struct.pack(">II", width, height) + FILES["PNG"][24:]


@pytest.mark.parametrize(("times", "is_refused"), [(20, False), (200, True)])
def test_a_jpeg_of_very_many_scans_is_refused(times: int, is_refused: bool) -> None:
    data = encode(build_quadrants(), "JPEG", progressive=True)
    at = data.rindex(b"\xff\xda")
    data = data[:at] + data[at:-2] * times + data[-2:]

    if is_refused:
        with pytest.raises(ImageTooComplexError):
            read_header(data)
    else:
        assert read_header(data).width == 96
