"""Colours, brightness, sharpness and contrast of pictures that are made here, and of photos."""

import cv2
import numpy as np
import pytest

from pipeline.core.properties import DominantColor, SimplifiedColor
from pipeline.worker.vision.image import Image, decode_image
from pipeline.worker.vision.properties import measure_properties
from tests.worker.vision.conftest import PHOTOS

RED, BLUE, WHITE, BLACK, GREY = (0, 0, 255), (255, 0, 0), (255, 255, 255), (0, 0, 0), (128,) * 3


def fill(*colours: tuple[int, ...], side: int = 320) -> Image:
    """A picture of equally wide stripes in these BGR colours."""
    image = np.zeros((side, side, 3), np.uint8)
    for place, colour in enumerate(colours):
        image[:, place * side // len(colours) :] = colour
    return image


def load(photo: str) -> Image:
    return decode_image((PHOTOS / photo).read_bytes())[0]


def find_colours(image: Image) -> list[DominantColor]:
    return measure_properties(image).dominant_colors


def test_each_colour_has_its_names_and_its_share() -> None:
    red, blue = sorted(find_colours(fill(RED, RED, RED, BLUE)), key=lambda colour: -colour.red)

    assert red == DominantColor(
        red=255,
        green=0,
        blue=0,
        hex_code="#ff0000",
        css_color="red",
        simplified_color=SimplifiedColor.RED,
        pixel_percent=75,
    )
    assert (blue.hex_code, blue.simplified_color, blue.pixel_percent) == ("#0000ff", "blue", 25)


@pytest.mark.parametrize(
    ("hex_code", "name"),
    [
        ("#101010", "black"),
        ("#fafafa", "white"),
        ("#777777", "grey"),
        ("#c81e1e", "red"),
        ("#f08c28", "orange"),
        ("#f5e63c", "yellow"),
        ("#2e8b3c", "green"),
        ("#20c0c0", "cyan"),
        ("#3264c8", "blue"),
        ("#8232aa", "purple"),
        ("#fa96b4", "pink"),
        ("#70482a", "brown"),
    ],
)
def test_everyday_colours_have_their_everyday_names(hex_code: str, name: str) -> None:
    red, green, blue = bytes.fromhex(hex_code[1:])

    [colour] = find_colours(fill((blue, green, red)))

    assert (colour.hex_code, colour.simplified_color) == (hex_code, name)


def test_shades_of_one_colour_are_one_dominant_colour() -> None:
    shades = np.tile(np.linspace(100, 140, 320).astype(np.uint8)[:, np.newaxis, np.newaxis], 3)

    assert len(find_colours(np.repeat(shades, 320, axis=1))) <= 2


def test_a_speck_is_no_dominant_colour() -> None:
    image = fill(WHITE)
    image[:32, :32] = RED  # 1 %

    assert [colour.css_color for colour in find_colours(image)] == ["white"]


@pytest.mark.parametrize(
    ("image", "brightness", "contrast"),
    [
        (fill(BLACK), 0, 0),
        (fill(WHITE), 100, 0),
        (fill(GREY), 50.2, 0),
        (fill(BLACK, WHITE), 50, 100),
    ],
)
def test_brightness_and_contrast_of_plain_pictures(
    image: Image, brightness: float, contrast: float
) -> None:
    quality = measure_properties(image).quality

    assert (quality.brightness, quality.contrast) == pytest.approx((brightness, contrast), abs=0.2)


def test_each_blur_makes_a_photo_less_sharp() -> None:
    photo = load("cows.webp")
    blurred = [photo, *(cv2.GaussianBlur(photo, (0, 0), sigma) for sigma in (1, 2, 4))]

    sharpness = [
        measure_properties(np.asarray(image, np.uint8)).quality.sharpness for image in blurred
    ]

    assert sharpness == sorted(sharpness, reverse=True)
    assert sharpness[0] > 75
    assert sharpness[-1] < 25


def test_blur_in_one_direction_is_blur() -> None:
    photo = load("cows.webp")
    moved = np.asarray(cv2.blur(photo, (25, 1)), np.uint8)

    assert measure_properties(moved).quality.sharpness < 50  # 81 before


def test_a_plain_picture_is_not_sharp() -> None:
    assert measure_properties(fill(GREY)).quality.sharpness == 0


@pytest.mark.parametrize(
    ("photo", "quality", "colours"),
    [
        ("kitten.jpg", (41.5, 71, 73), ["pink", "grey", "grey", "white", "black"]),
        ("hens.jpg", (47.6, 76, 56), ["green", "brown", "green", "brown", "brown"]),
        ("palace.jpg", (56.8, 84, 92), ["white", "black", "grey", "grey", "brown"]),
    ],
)
def test_photos_have_their_golden_values(
    photo: str, quality: tuple[float, ...], colours: list[str]
) -> None:
    found = measure_properties(load(photo))

    assert tuple(found.quality.model_dump().values()) == pytest.approx(quality, abs=2)
    assert [colour.simplified_color for colour in found.dominant_colors][:5] == colours
    assert 85 <= sum(colour.pixel_percent for colour in found.dominant_colors) <= 100.5


def test_the_smallest_picture_has_properties() -> None:
    assert find_colours(fill(BLUE, side=32))[0].css_color == "blue"
