import io
import subprocess
import sys
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from pipeline.core.errors import PermanentError, TooManyPixelsError, UnreadableImageError
from pipeline.worker.vision.image import WORKING_SIDE_PX, decode_image
from tests.heif_files import build_file
from tests.pictures import (
    BLUE,
    FORMATS,
    GREEN,
    RED,
    WHITE,
    build_bomb,
    build_quadrants,
    encode,
    encode_turned,
)

PICTURE = build_quadrants()
QUADRANTS = np.array([[RED, GREEN], [BLUE, WHITE]])
TOLERANCE = 12  # Of lossy formats, in the middle of a quadrant


def sample_quadrants(image: npt.NDArray[np.uint8]) -> npt.NDArray:
    """The RGB colours in the middle of the four quadrants."""
    height, width = image.shape[:2]
    rows, columns = [height // 4, height * 3 // 4], [width // 4, width * 3 // 4]
    return image[rows][:, columns, ::-1].astype(int)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    data = encode_turned(PICTURE, kind, orientation)
    seen = np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))

    image, header = decode_image(data)

    assert image.shape == seen.shape == (header.height, header.width, 3)
    np.testing.assert_allclose(sample_quadrants(image), sample_quadrants(seen[..., ::-1]), atol=3)


@pytest.mark.parametrize("orientation", [1, 5, 6])
@pytest.mark.parametrize("size", [(2496, 1400), (5000, 2600), (700, 400)])
def test_a_large_jpeg_is_reduced_to_what_the_networks_need(
    size: tuple[int, int], orientation: int
) -> None:
    data = encode_turned(build_quadrants(*size), "JPEG", orientation)

    image, header = decode_image(data)

    assert sorted((header.width, header.height)) == sorted(size)
    assert WORKING_SIDE_PX <= min(image.shape[:2]) < 2 * WORKING_SIDE_PX
    assert image.shape[1] / image.shape[0] == pytest.approx(header.width / header.height, rel=0.01)
    assert image.flags.c_contiguous


def test_a_jpeg_is_never_smaller_than_the_networks_need() -> None:
    enough, _ = decode_image(encode(build_quadrants(700, 2 * WORKING_SIDE_PX), "JPEG"))
    too_small, _ = decode_image(encode(build_quadrants(700, 2 * WORKING_SIDE_PX - 1), "JPEG"))

    assert enough.shape[0] == WORKING_SIDE_PX
    assert too_small.shape[0] == 2 * WORKING_SIDE_PX - 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_other_large_pictures_are_reduced_too(kind: str, mode: str) -> None:
    image, header = decode_image(encode(build_quadrants(1600, 1200).convert(mode), kind))

    assert (header.width, header.height) == (1600, 1200)
    assert image.shape == (WORKING_SIDE_PX, 416, 3)
    np.testing.assert_allclose(sample_quadrants(image), QUADRANTS, atol=TOLERANCE)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "CMYK"),
        ("PNG", "P"),
        ("PNG", "RGBA"),
        ("WEBP", "RGBA"),
    ],
)
def test_colours_survive_every_mode(kind: str, mode: str) -> None:
    image, _ = decode_image(encode(PICTURE.convert(mode), kind))

    assert image.dtype == np.uint8
    np.testing.assert_allclose(sample_quadrants(image), QUADRANTS, atol=TOLERANCE)


@pytest.mark.parametrize(("kind", "mode"), [("JPEG", "L"), ("PNG", "L"), ("PNG", "LA")])
def test_a_grey_picture_gets_three_equal_channels(kind: str, mode: str) -> None:
    image, _ = decode_image(encode(Image.new("L", (64, 48), 90).convert(mode), kind))

    np.testing.assert_allclose(image, np.full((48, 64, 3), 90), atol=1)


def test_a_picture_with_one_bit_a_pixel_becomes_black_and_white() -> None:
    stripes = Image.new("1", (64, 48), 0)
    stripes.paste(1, (0, 0, 64, 24))

    image, _ = decode_image(encode(stripes, "PNG"))

    assert image[:24].min() == 255
    assert image[24:].max() == 0


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_a_channel_become_eight(channels: int) -> None:
    pixels = np.full((48, 64, channels), 200 * 257, np.uint16)
    pixels[:, :, 3:] = 65535

    image, _ = decode_image(cv2.imencode(".png", pixels)[1].tobytes())

    assert image.dtype == np.uint8
    assert np.unique(image).tolist() == [200]


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
@pytest.mark.parametrize("side_px", [64, 1600])
def test_transparent_parts_are_white_whatever_colour_they_hide(kind: str, side_px: int) -> None:
    picture = Image.new("RGBA", (side_px, side_px), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (side_px // 2, 0, side_px, side_px))

    image, _ = decode_image(encode(picture, kind, lossless=True, exact=True))

    left, right = np.split(image, 2, axis=1)
    assert left[:, :-1].min() == 255
    assert np.unique(right[:, 1:].reshape(-1, 3), axis=0).tolist() == [[0, 0, 255]]
    assert image[:, :, 2].min() == 255  # Nor do they darken the border


def test_half_transparent_black_becomes_grey() -> None:
    image, _ = decode_image(encode(Image.new("RGBA", (64, 64), (0, 0, 0, 128)), "PNG"))

    assert np.unique(image).tolist() == [127]


def test_a_transparent_colour_of_a_palette_is_white() -> None:
    picture = Image.new("P", (64, 64), 1)
    picture.putpalette([0, 0, 0, 10, 20, 30])
    picture.paste(0, (0, 0, 64, 32))

    image, _ = decode_image(encode(picture, "PNG", transparency=1))

    assert image[:32].max() == 0
    assert image[32:].min() == 255


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("size", [(16_000, 64), (64, 16_000)])
def test_an_extreme_panorama_is_decoded(kind: str, size: tuple[int, int]) -> None:
    image, header = decode_image(encode(build_quadrants(*size), kind))

    assert (header.width, header.height) == size
    assert image.shape == (size[1], size[0], 3)


def test_a_panorama_of_many_pixels_is_reduced_by_its_shorter_side() -> None:
    image, _ = decode_image(encode(build_quadrants(20_000, 1300), "JPEG"))

    assert image.shape == (325, 5000, 3)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("kept", [0.5, 0.95])
def test_a_picture_that_is_cut_off_is_unreadable(kind: str, kept: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (400, 400, 3), np.uint8)
    data = encode(Image.fromarray(noise), kind)

    with pytest.raises(UnreadableImageError):
        decode_image(data[: int(len(data) * kept)])


def test_a_picture_that_opencv_finds_too_wide_is_unreadable() -> None:
    with pytest.raises(UnreadableImageError):
        decode_image(build_bomb(1_100_000, 40))


def test_a_jpeg_with_a_damaged_spot_is_read_as_viewers_do() -> None:
    data = bytearray(encode(build_quadrants(640, 480), "JPEG"))
    data[-40:-38] = b"\x12\x34"

    image, _ = decode_image(bytes(data))

    assert image.shape == (480, 640, 3)


def test_a_decompression_bomb_never_reaches_the_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[object] = []
    monkeypatch.setattr(cv2, "imdecode", lambda *args: decoded.append(args))

    with pytest.raises(TooManyPixelsError):
        decode_image(build_bomb(30_000))

    assert decoded == []


def test_opencv_refuses_too_many_pixels_itself() -> None:
    code = (
        "import pipeline.worker.vision, cv2, numpy, sys\n"
        "cv2.imdecode(numpy.frombuffer(sys.stdin.buffer.read(), numpy.uint8), 1)\n"
    )

    process = subprocess.run(
        [sys.executable, "-c", code],
        input=build_bomb(8_000),
        capture_output=True,
        check=False,
    )

    assert process.returncode == 1
    assert b"CV_IO_MAX_IMAGE_PIXELS" in process.stderr


FILES = [encode_turned(build_quadrants(64, 40), kind, 6) for kind in FORMATS]


@given(st.sampled_from(FILES), st.integers(0, 900), st.binary(max_size=6))
def test_a_damaged_file_gives_an_upright_picture_or_a_permanent_error(
    data: bytes, at: int, damage: bytes
) -> None:
    try:
        image, header = decode_image(data[:at] + damage + data[at + len(damage) :])
    except PermanentError:
        return

    assert image.shape == (header.height, header.width, 3)
    assert image.dtype == np.uint8


WITH_LITTLE_MEMORY = """
import re, resource, sys
from pathlib import Path
from pipeline.worker.vision.image import decode_image

data = sys.stdin.buffer.read()
taken_kb = int(re.search(r"VmData:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])
limit = (taken_kb + 60 * 1024) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
try:
    decode_image(data)
except Exception as error:
    print(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux counts what RLIMIT_DATA limits")
@pytest.mark.parametrize(
    "build",
    [
        lambda: encode(Image.new("RGB", (7000, 7000)), "PNG"),
        lambda: encode(Image.new("RGB", (7000, 7000)), "JPEG", progressive=True),
        lambda: build_file(Image.new("RGB", (4000, 4000)), "HEIF", tile_px=1000),
        lambda: build_file(Image.new("RGB", (4000, 4000)), "AVIF", tile_px=1000, speed=10),
    ],
    ids=["OpenCV raises", "OpenCV returns nothing", "libheif", "libavif"],
)
def test_a_lack_of_memory_is_not_reported_as_a_damaged_picture(build: Callable[[], bytes]) -> None:
    data = build()

    done = subprocess.run(
        [sys.executable, "-c", WITH_LITTLE_MEMORY], input=data, capture_output=True, timeout=120
    )

    assert done.stdout.decode().strip() == "MemoryError", done.stderr.decode()
