"""The small copies of a picture: what everyone can see, and nothing else."""

import io
from typing import Literal

import cv2
import numpy as np
import pytest
from PIL import Image

from pipeline.core.images import read_header
from pipeline.worker.vision.image import decode_image, decode_upright
from pipeline.worker.vision.preview import (
    PREVIEW_SIDE_PX,
    THUMBNAIL_SIDE_PX,
    SmallCopies,
    halve,
    make_copies,
    needs_preview,
    shrink,
)
from tests.heif_files import build_file
from tests.pictures import BLUE, GREEN, RED, WHITE, build_quadrants, encode, encode_turned


def copy(data: bytes) -> SmallCopies:
    header = read_header(data)
    longest_side_px = PREVIEW_SIDE_PX if needs_preview(header) else 0
    return make_copies(decode_upright(data, header, longest_side_px=longest_side_px), header)


def open_jpeg(data: bytes | None) -> Image.Image:
    assert data
    picture = Image.open(io.BytesIO(data))
    assert picture.format == "JPEG"
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_large_picture_has_a_preview_and_a_thumbnail(kind: str) -> None:
    copies = copy(encode(build_quadrants(2540, 1905), kind))

    halved = (1270, 953)  # A JPEG is decoded at a half, which is enough
    expected = halved if kind == "JPEG" else (PREVIEW_SIDE_PX, 960)
    assert open_jpeg(copies.preview).size == expected
    assert open_jpeg(copies.thumbnail).size == (THUMBNAIL_SIDE_PX, 240)


@pytest.mark.parametrize(
    ("width", "height"), [(2540, 1905), (800, 600), (640, 630), (1279, 400), (330, 90), (200, 100)]
)
def test_a_thumbnail_of_the_halved_picture_has_the_same_size(width: int, height: int) -> None:
    data = encode(build_quadrants(width, height), "PNG")
    header = read_header(data)
    image = decode_upright(data, header, shortest_side_px=height)

    small = make_copies(image, header, halved=halve(image)).thumbnail

    assert open_jpeg(small).size == open_jpeg(make_copies(image, header).thumbnail).size


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_small_picture_needs_no_preview(kind: str) -> None:
    copies = copy(encode(build_quadrants(PREVIEW_SIDE_PX, 720), kind))

    assert copies.preview is None
    assert open_jpeg(copies.thumbnail).size == (THUMBNAIL_SIDE_PX, 180)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_format_that_some_browsers_cannot_show_always_has_a_preview(
    kind: Literal["HEIF", "AVIF"],
) -> None:
    copies = copy(build_file(build_quadrants(96, 64), kind))

    assert open_jpeg(copies.preview).size == (96, 64)
    assert open_jpeg(copies.thumbnail).size == (96, 64)


def test_a_large_jpeg_keeps_half_of_the_longer_side_of_a_preview() -> None:
    for width in range(1300, 6500, 400):
        preview = open_jpeg(copy(encode(build_quadrants(width, width * 3 // 4), "JPEG")).preview)

        assert PREVIEW_SIDE_PX / 2 <= preview.width <= PREVIEW_SIDE_PX


def test_the_copies_are_upright() -> None:
    copies = copy(encode_turned(build_quadrants(2600, 1300), "JPEG", orientation=6))

    for each in (copies.preview, copies.thumbnail):
        picture = open_jpeg(each)
        right, lower = picture.width - 5, picture.height - 5
        assert picture.width < picture.height
        pixels = np.asarray(picture, int)
        corners = pixels[[5, 5, lower, lower], [5, right, 5, right]]
        assert np.allclose(corners, [BLUE, RED, WHITE, GREEN], atol=12)


def test_the_copies_have_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x010F] = "a camera"
    exif.get_ifd(0x8825)[1] = "N"
    data = encode(
        build_quadrants(2600, 1300),
        "JPEG",
        exif=exif.tobytes(),
        icc_profile=b"a profile",
        comment=b"a comment",
    )

    for each in (copy(data).preview, copy(data).thumbnail):
        picture = open_jpeg(each)
        assert not picture.getexif()
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_panorama_keeps_its_shape() -> None:
    data = encode(build_quadrants(20_000, 100), "JPEG")

    assert open_jpeg(copy(data).preview).size == (PREVIEW_SIDE_PX, 6)
    assert open_jpeg(copy(data).thumbnail).size == (THUMBNAIL_SIDE_PX, 1)


def test_shrinking_averages_what_it_drops() -> None:
    stripes = np.zeros((1000, 1001, 3), np.uint8)
    stripes[:, ::2] = 255

    small = shrink(stripes, THUMBNAIL_SIDE_PX)

    assert small.shape == (320, 320, 3)
    assert abs(int(small[:, 5:-5].min()) - 128) < 30
    assert abs(int(small[:, 5:-5].max()) - 128) < 30


def test_the_networks_see_what_they_saw_without_a_preview() -> None:
    data = encode(build_quadrants(3200, 2400), "JPEG")
    header = read_header(data)

    image = halve(decode_upright(data, header, longest_side_px=PREVIEW_SIDE_PX))

    plain, _ = decode_image(data)
    assert image.shape == plain.shape
    assert cv2.absdiff(image, plain).mean() < 2
