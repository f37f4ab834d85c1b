"""Draws lines of text on photos, to measure the networks that read text.

Each line has another font, size, colour and angle, some stand on a plate. Blur, noise and JPEG make
the picture like one of a camera. The same seed draws the same picture with the same Pillow.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

LONG_SIDE_PX, SHORT_SIDE_PX = 1600, 1200

_FONTS = [
    Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
    for name in (
        "DejaVuSans",
        "DejaVuSans-BoldOblique",
        "DejaVuSansMono",
        "DejaVuSerif-Bold",
        "DejaVuSerif-Italic",
        "STIXGeneral",
        "STIXGeneralBol",
        "STIXGeneralItalic",
    )
]
_SIZES_PX = (18, 22, 28, 36, 48, 64, 90)
_ANGLES = (0, 0, 0, 0, 3, -4, 8, -12, 20, -30, 45)  # Degrees, counter-clockwise
_COLOURS = ((255, 255, 255), (0, 0, 0), (220, 30, 30), (255, 220, 0), (20, 60, 160), (0, 120, 60))
_LEAST_CONTRAST = 70  # Difference of the luminance, of 255
_PLATES = 0.4  # Share of the lines that stand on a plate
_MARGIN_PX = 20
_ATTEMPTS = 60
_NOISE = 4
_QUALITY = 85

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class DrawnLine:
    """A line and the upright box around it, in pixels: left, top, right, bottom."""

    text: str
    box: Box


@dataclass(frozen=True)
class TextPicture:
    """A JPEG file and its lines."""

    file: bytes
    lines: tuple[DrawnLine, ...]


def draw_pictures(
    photos: Sequence[Path], texts: Sequence[str], *, per_picture: int, seed: int
) -> list[TextPicture]:
    """Draw all texts, `per_picture` on each photo; the photos come in turns."""
    random = Random(seed)
    shuffled = random.sample(list(texts), len(texts))
    groups = [shuffled[at : at + per_picture] for at in range(0, len(shuffled), per_picture)]
    return [_draw(photos[at % len(photos)], group, random) for at, group in enumerate(groups)]


PAGE_LINES = 50


def draw_page() -> bytes:
    """Draw a page that is full of text, as a JPEG file of 1,240 x 1,754 pixels."""
    picture = Image.new("RGB", (1240, 1754), "white")
    draw, font = ImageDraw.Draw(picture), ImageFont.truetype(_FONTS[4], 24)
    for place in range(PAGE_LINES):
        text = f"{place} The quick brown fox jumps over the lazy dog and zwölf Boxkämpfer"
        draw.text((80, 60 + 33 * place), text, font=font, fill="black")
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()


def _draw(photo: Path, texts: Sequence[str], random: Random) -> TextPicture:
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    is_wide = picture.width >= picture.height
    size = (LONG_SIDE_PX, SHORT_SIDE_PX) if is_wide else (SHORT_SIDE_PX, LONG_SIDE_PX)
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    lines: list[DrawnLine] = []
    for text in texts:
        taken = [line.box for line in lines]
        for _ in range(_ATTEMPTS):
            if box := _draw_line(picture, text, taken, random):
                lines.append(DrawnLine(text, box))
                break
    return TextPicture(_finish(picture, random), tuple(lines))


def _draw_line(picture: Image.Image, text: str, taken: Sequence[Box], random: Random) -> Box | None:
    """Draw a line at a random place. Return None if it cannot be read there or has no room."""
    mask = _build_mask(text, random)
    angle = random.choice(_ANGLES)
    turned = mask.rotate(angle, expand=True, resample=Image.Resampling.BICUBIC)
    room = (picture.width - turned.width, picture.height - turned.height)
    if min(room) < 2 * _MARGIN_PX:
        return None
    left, top = (random.randint(_MARGIN_PX, most - _MARGIN_PX) for most in room)
    box = (left, top, left + turned.width, top + turned.height)
    colour = _choose_colour(picture.crop(box), random)
    if colour is None or any(_is_near(box, other) for other in taken):
        return None
    if random.random() < _PLATES:
        plate = Image.new("L", mask.size, 255).rotate(angle, expand=True)
        opposite = tuple(255 - level for level in colour)
        picture.paste(Image.new("RGB", plate.size, opposite), (left, top), plate)
    picture.paste(Image.new("RGB", turned.size, colour), (left, top), turned)
    return box


def _build_mask(text: str, random: Random) -> Image.Image:
    font = ImageFont.truetype(random.choice(_FONTS), random.choice(_SIZES_PX))
    left, top, right, bottom = font.getbbox(text)
    mask = Image.new("L", (round(right - left) + 8, round(bottom - top) + 8))
    ImageDraw.Draw(mask).text((4 - left, 4 - top), text, font=font, fill=255)
    return mask


def _choose_colour(behind: Image.Image, random: Random) -> tuple[int, int, int] | None:
    mean = np.asarray(behind).reshape(-1, 3).mean(axis=0)
    contrasts = {
        colour: abs(float(np.dot(np.subtract(colour, mean), (0.2126, 0.7152, 0.0722))))
        for colour in random.sample(_COLOURS, 3)
    }
    best = max(contrasts, key=lambda colour: contrasts[colour])
    return best if contrasts[best] >= _LEAST_CONTRAST else None


def _is_near(box: Box, other: Box) -> bool:
    return (
        box[0] - _MARGIN_PX < other[2]
        and other[0] - _MARGIN_PX < box[2]
        and box[1] - _MARGIN_PX < other[3]
        and other[1] - _MARGIN_PX < box[3]
    )


def _finish(picture: Image.Image, random: Random) -> bytes:
    blurred = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.5)), np.float64)
    noise = np.random.default_rng(random.getrandbits(32)).normal(0, _NOISE, blurred.shape)
    pixels = (blurred + noise).clip(0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
