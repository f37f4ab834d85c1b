import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pipeline.core.errors import PermanentError
from pipeline.core.images.stored import Colour
from pipeline.worker.vision.colour import to_srgb
from pipeline.worker.vision.image import decode_image
from tests.heif_files import Kind, build_box, build_crop, build_file, build_mirror, build_turn
from tests.pictures import build_quadrants
from tests.profiles import DISPLAY_P3, build_matrix_profile

PICTURE = build_quadrants(width=96, height=64)
KINDS: list[Kind] = ["HEIF", "AVIF"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tile_px", [None, 128], ids=["whole", "tiles"])
def test_a_picture_is_decoded(kind: Kind, tile_px: int | None) -> None:
    picture = build_quadrants(300, 200)

    image, header = decode_image(build_file(picture, kind, tile_px=tile_px, quality=90))

    assert image.shape == (header.height, header.width, 3) == (200, 300, 3)
    assert np.abs(image[:, :, ::-1].astype(int) - np.asarray(picture)).mean() < 2


@pytest.mark.parametrize("mirror", [None, 0, 1])
@pytest.mark.parametrize("turns", range(4))
def test_an_avif_is_rotated_as_libheif_rotates_a_heic(turns: int, mirror: int | None) -> None:
    properties = [build_turn(turns)] + ([build_mirror(mirror)] if mirror is not None else [])

    ours, _ = decode_image(build_file(PICTURE, "AVIF", turns=properties, quality=90))
    theirs, header = decode_image(build_file(PICTURE, "HEIF", turns=properties, quality=90))

    assert theirs.shape == (header.height, header.width, 3)
    assert np.abs(ours.astype(int) - theirs).mean() < 6


@pytest.mark.parametrize(("kind", "tile_px"), [("HEIF", 128), ("AVIF", 128), ("AVIF", None)])
@pytest.mark.parametrize("turns", [0, 1])
def test_only_the_part_inside_a_crop_is_decoded(
    kind: Kind, tile_px: int | None, turns: int
) -> None:
    picture = build_quadrants(300, 200)
    seen = picture.crop((90, 35, 230, 155)).rotate(90 * turns, expand=True)
    properties = [build_crop(140, 120, 10, -5), build_turn(turns)]

    image, header = decode_image(
        build_file(picture, kind, tile_px=tile_px, turns=properties, quality=90)
    )

    assert (header.width, header.height) == seen.size
    assert image.shape[:2] == (header.height, header.width)
    assert np.abs(image[:, :, ::-1].astype(int) - np.asarray(seen)).mean() < 3


@pytest.mark.parametrize("size", [(0, 60), (97, 64), (96, 60)])
def test_a_crop_outside_of_the_picture_is_ignored_in_an_avif(size: tuple[int, int]) -> None:
    data = build_file(PICTURE, "AVIF", extra=[build_crop(*size, 0, 5)])

    image, header = decode_image(data)

    assert image.shape == (header.height, header.width, 3) == (64, 96, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_a_large_picture_is_reduced(kind: Kind) -> None:
    image, header = decode_image(build_file(build_quadrants(1600, 1200), kind, speed=10))

    assert (header.width, header.height) == (1600, 1200)
    assert image.shape == (312, 416, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_transparent_parts_are_white(kind: Kind) -> None:
    data = build_transparent(kind)

    image, _ = decode_image(data)

    assert image[:, :30].min() > 250
    assert image[:, 66:, 0].max() < 40


def build_transparent(kind: Kind) -> bytes:
    """A file whose left half is transparent and whose right half is red, with an alpha item."""
    picture = Image.new("RGBA", (96, 64), (0, 0, 0, 0))
    picture.paste((255, 0, 0, 255), (48, 0, 96, 64))
    file = io.BytesIO()
    picture.save(file, kind, quality=95)
    return file.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_a_profile_is_applied(kind: Kind) -> None:
    icc = build_matrix_profile(DISPLAY_P3)
    muted = Image.new("RGB", (96, 64), (190, 90, 60))
    plain, _ = decode_image(build_file(muted, kind, quality=90))

    tagged = build_file(muted, kind, extra=[build_box(b"colr", b"prof" + icc)], quality=90)
    image, _ = decode_image(tagged)

    np.testing.assert_allclose(image[8, 8], to_srgb(plain, Colour(icc=icc))[8, 8], atol=3)
    assert image[8, 8, 2] > plain[8, 8, 2] + 5


FILES = [build_file(PICTURE, kind, tile_px=tile_px) for kind in KINDS for tile_px in (None, 64)]


@settings(deadline=None)
@given(st.sampled_from(FILES), st.integers(0, 1500), st.binary(max_size=6))
def test_a_damaged_file_gives_an_upright_picture_or_a_permanent_error(
    data: bytes, at: int, damage: bytes
) -> None:
    try:
        image, header = decode_image(data[:at] + damage + data[at + len(damage) :])
    except PermanentError:
        return

    assert image.shape == (header.height, header.width, 3)
