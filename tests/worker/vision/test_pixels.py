"""Damaged files that viewers still show, and files whose pixels are missing."""

import io
import struct
import zlib
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.errors import UnreadableImageError
from pipeline.worker.vision.image import decode_image
from tests.pictures import build_chunk, build_quadrants, encode

NOISE = Image.fromarray(np.random.default_rng(1).integers(0, 255, (200, 300, 3), np.uint8))
END = b"\xff\xd9"
FILM = np.random.default_rng(2).bytes(200_000)


def build_png(picture: Image.Image, change: Callable[[bytes], bytes], **options: object) -> bytes:
    """A PNG whose compressed pixels are changed, with right checksums of its chunks."""
    data = encode(picture, "PNG", **options)
    at = data.index(b"IDAT")
    stream = b""
    while data[at : at + 4] == b"IDAT":
        (length,) = struct.unpack_from(">I", data, at - 4)
        stream += data[at + 4 : at + 4 + length]
        at += 12 + length
    head = data[: data.index(b"IDAT") - 4]
    return head + build_chunk(b"IDAT", change(stream)) + build_chunk(b"IEND", b"")


@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize("behind", [b"", FILM, b"\0" * 5_000], ids=["nothing", "film", "zeros"])
def test_a_jpeg_without_its_end_mark_is_complete(progressive: bool, behind: bytes) -> None:
    data = encode(NOISE, "JPEG", progressive=progressive)
    expected, _ = decode_image(data)

    image, _ = decode_image(data.removesuffix(END) + behind)

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
def test_half_an_end_mark_is_no_damage(progressive: bool) -> None:
    data = encode(NOISE, "JPEG", progressive=progressive)
    expected, _ = decode_image(data)

    image, _ = decode_image(data[:-1])

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("progressive", [False, True], ids=["baseline", "progressive"])
@pytest.mark.parametrize("missing", [3, 100, 3_000])
def test_a_jpeg_whose_pixels_are_cut_is_unreadable(progressive: bool, missing: int) -> None:
    data = encode(NOISE, "JPEG", progressive=progressive)

    with pytest.raises(UnreadableImageError):
        decode_image(data[: -2 - missing])


@pytest.mark.parametrize("restart", [1, 3], ids=["restart in each row", "in every third"])
def test_a_jpeg_that_is_cut_at_a_restart_mark_is_unreadable(restart: int) -> None:
    data = encode(NOISE, "JPEG", restart_marker_rows=restart)
    marks = [at for at in range(len(data) - 1) if data[at] == 0xFF and 0xD0 <= data[at + 1] < 0xD8]

    decode_image(data[:-2])
    for at in (marks[0], marks[len(marks) // 2], marks[-1]):
        for cut in (at, at + 1, at + 2):
            with pytest.raises(UnreadableImageError):
                decode_image(data[:cut])


def test_a_jpeg_that_is_cut_between_two_scans_is_unreadable() -> None:
    data = encode(NOISE, "JPEG", progressive=True)
    scans = [at for at in range(len(data) - 1) if data[at : at + 2] == b"\xff\xda"]

    assert len(scans) > 5
    for at in scans:
        with pytest.raises(UnreadableImageError):
            decode_image(data[:at])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_bytes_behind_the_picture_are_ignored(kind: str) -> None:
    data = encode(NOISE, kind)
    expected, _ = decode_image(data)

    image, _ = decode_image(data + FILM)

    np.testing.assert_array_equal(image, expected)


STREAMS: dict[str, Callable[[bytes], bytes]] = {
    "wrong checksum": lambda stream: stream[:-4] + b"????",
    "no checksum": lambda stream: stream[:-4],
    "too small a window": lambda stream: b"\x08\x1d" + stream[2:],
    "bytes behind": lambda stream: stream + bytes(500),
}


@pytest.mark.parametrize("fault", STREAMS)
@pytest.mark.parametrize("mode", ["RGB", "L", "P", "RGBA"])
def test_compressed_pixels_that_browsers_accept_are_accepted(fault: str, mode: str) -> None:
    picture = NOISE.convert(mode)
    expected, _ = decode_image(encode(picture, "PNG"))

    image, _ = decode_image(build_png(picture, STREAMS[fault]))

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("missing", [5, 100, 3_000])
def test_a_png_whose_pixels_are_cut_is_unreadable(missing: int) -> None:
    with pytest.raises(UnreadableImageError):
        decode_image(build_png(NOISE, lambda stream: stream[: -4 - missing]))


def test_a_png_without_its_end_mark_is_complete() -> None:
    data = encode(NOISE, "PNG")
    expected, _ = decode_image(data)

    image, _ = decode_image(data[:-12])

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("name", [b"IDAT", b"PLTE"])
def test_a_wrong_checksum_of_a_chunk_is_ignored(name: bytes) -> None:
    data = bytearray(encode(NOISE.convert("P"), "PNG"))
    expected, _ = decode_image(bytes(data))
    at = data.index(name)
    (length,) = struct.unpack_from(">I", data, at - 4)
    data[at + 4 + length] ^= 0xFF

    image, _ = decode_image(bytes(data))

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("name", [b"caBX", b"prVt", b"tEXt", b"iTXt", b"iCCP", b"eXIf"])
def test_a_chunk_without_pixels_is_ignored_whatever_it_contains(name: bytes) -> None:
    data = encode(NOISE, "PNG")
    expected, _ = decode_image(data)
    chunk = struct.pack(">I", 9_000_000) + name + bytes(9_000_000) + b"sum?"

    image, _ = decode_image(data[:33] + chunk + data[33:])

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
@pytest.mark.parametrize("side_px", [64, 800])
def test_a_transparent_level_of_grey_is_white(bits: int, side_px: int) -> None:
    most = (1 << bits) - 1
    level, other = 0, max(1, most // 3)
    image, _ = decode_image(_build_grey(side_px, bits, level, other, transparent=level))

    top, bottom = np.split(image, 2)
    assert top[:-1].min() == 255
    np.testing.assert_allclose(bottom[1:].max(), other * 255 / most, atol=1)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_a_reduced_picture_weights_its_colours_by_alpha(kind: str) -> None:
    stripes = np.zeros((1300, 1300, 4), np.uint8)
    stripes[::2] = (200, 40, 10, 255)  # Every other row is there, the rest is invisible black

    image, _ = decode_image(encode(Image.fromarray(stripes), kind, lossless=True, exact=True))

    expected = [(255 + channel) / 2 for channel in (10, 40, 200)]
    np.testing.assert_allclose(image[20:-20, 20:-20].mean((0, 1)), expected, atol=2)


def test_a_webp_animation_of_one_frame_is_shown() -> None:
    data = encode(build_quadrants(300, 200), "WEBP", save_all=True, append_images=[NOISE])
    second = data.rindex(b"ANMF")
    single = data[:4] + struct.pack("<I", second - 8) + data[8:second]
    seen = Image.open(io.BytesIO(single)).convert("RGB")

    image, _ = decode_image(single)

    np.testing.assert_allclose(image[:, :, ::-1].astype(int), np.asarray(seen, int), atol=3)


def _set_length(data: bytes, length: int) -> bytes:
    return data[:4] + struct.pack("<I", length) + data[8:]


def _extend(data: bytes, flags: int, behind: bytes) -> bytes:
    """A simple WebP as an extended one, with flags for parts that may be missing."""
    size = b"".join((side - 1).to_bytes(3, "little") for side in NOISE.size)
    head = b"VP8X" + struct.pack("<I", 10) + bytes([flags, 0, 0, 0]) + size
    return data[:12] + head + data[12:] + behind


@pytest.mark.parametrize(
    "change",
    [
        lambda data: _set_length(data, len(data) + 1_000),
        lambda data: _set_length(data, 0xFFFFFFFF),
        lambda data: _set_length(_extend(data, 0x2E, b""), len(data) + 10),
        lambda data: _set_length(_extend(data, 0x08, b"EXIF\xff\0\0\0cut"), len(data) + 300),
    ],
    ids=["too long", "endless", "flags without parts", "EXIF that is cut"],
)
def test_a_webp_with_all_pixels_is_complete(change: Callable[[bytes], bytes]) -> None:
    data = encode(NOISE, "WEBP")
    expected, _ = decode_image(data)

    image, _ = decode_image(change(data))

    np.testing.assert_array_equal(image, expected)


@pytest.mark.parametrize("lossless", [False, True])
@pytest.mark.parametrize("missing", [2, 100, 3_000])
def test_a_webp_whose_pixels_are_cut_is_unreadable(lossless: bool, missing: int) -> None:
    data = encode(NOISE, "WEBP", lossless=lossless)

    with pytest.raises(UnreadableImageError):
        decode_image(data[:-missing])


def test_an_interlaced_png_with_a_wrong_checksum_is_complete() -> None:
    pixels = cv2.cvtColor(np.asarray(NOISE), cv2.COLOR_RGB2BGR)
    interlaced = _interlace(pixels)

    image, _ = decode_image(interlaced)

    np.testing.assert_array_equal(image, pixels)


def _build_grey(side_px: int, bits: int, level: int, other: int, *, transparent: int) -> bytes:
    """Upper half in one level, lower half in another."""
    rows = b""
    for value in (level, other):
        packed = "".join(f"{value:0{bits}b}" for _ in range(side_px))
        row = b"\0" + int(packed, 2).to_bytes((side_px * bits + 7) // 8, "big")
        rows += row * (side_px // 2)
    header = struct.pack(">IIBBBBB", side_px, side_px, bits, 0, 0, 0, 0)
    chunks = [
        (b"IHDR", header),
        (b"tRNS", struct.pack(">H", transparent)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(build_chunk(*chunk) for chunk in chunks)


def _interlace(pixels: np.ndarray) -> bytes:
    """An interlaced PNG whose zlib checksum is wrong."""
    rgb, rows = pixels[:, :, ::-1], b""
    for column, row, column_step, row_step in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
    ):  # fmt: skip
        for line in rgb[row::row_step, column::column_step]:
            rows += b"\0" + line.tobytes()
    height, width = pixels.shape[:2]
    stream = zlib.compress(rows)[:-4] + b"????"
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    chunks = [(b"IHDR", header), (b"IDAT", stream), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(build_chunk(*chunk) for chunk in chunks)
