"""Sound pictures that give the networks much to do: text, specks, long shapes, many pixels.

Nothing is wrong with these files. Each must end in a result, within the memory and the time of a
worker.
"""

import random
from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from tests.pictures import build_quadrants, encode, encode_turned

Parts = Iterator[tuple[str, bytes]]

_SEED = 6
_LARGEST = 7_071  # Side of a square picture within the limit of 50 megapixels
_UNREDUCED_PX = 2_399
"""The longest shorter side of a picture that is not reduced before its text is read."""
_SENTENCE = "The quick brown fox jumps over 12 lazy dogs & <script>alert('Ünïcödé')</script> "


def draw_page(width: int, height: int, letters_px: int) -> Image.Image:
    """Draw a page that is full of text from edge to edge, black on white."""
    row = Image.new("L", (min(width, 4_000), letters_px + 2), 255)
    # The smallest letters that a font can draw are made smaller still.
    drawn_px = max(letters_px, 8)
    line = Image.new("L", (row.width * drawn_px // letters_px, drawn_px + 4), 255)
    draw, font = ImageDraw.Draw(line), ImageFont.load_default(drawn_px)
    draw.text((0, -1), _SENTENCE * (line.width // (20 * drawn_px) + 1), font=font, fill=0)
    row.paste(line.resize((row.width, letters_px), Image.Resampling.BOX))
    rows, columns = -(-height // row.height), -(-width // row.width)
    page = np.tile(np.asarray(row), (rows, columns))[:height, :width]
    return Image.fromarray(page)


def build_pages() -> Parts:
    """Pages with thousands of lines, turned pages, and text that its edges cut off."""
    for letters_px in (1, 2, 3, 4, 6, 8, 12, 20, 40, 100, 400):
        yield f"letters-of-{letters_px}-px.png", encode(draw_page(1_240, 1_754, letters_px), "PNG")
    page = draw_page(1_240, 1_754, 24)
    for angle in (1, 7, 30, 45, 59, 60, 61, 90, 135, 180, 270):
        turned = page.rotate(angle, expand=True, fillcolor=255)
        yield f"turned-{angle}.jpg", encode(turned, "JPEG")
    for orientation in range(1, 9):
        yield f"orientation-{orientation}.jpg", encode_turned(page, "JPEG", orientation)
    for name, place in {
        "left": (-60, 9),
        "right": (250, 9),
        "above": (9, -20),
        "below": (9, 170),
    }.items():
        cut = Image.new("L", (400, 200), 255)
        ImageDraw.Draw(cut).text(place, "Cut off", font=ImageFont.load_default(48), fill=0)
        yield f"cut-off-{name}.png", encode(cut, "PNG")


def build_specks() -> Parts:
    """Patterns that look like thousands of letters or lines."""
    noise = np.random.default_rng(_SEED)
    yield "grey-noise.png", _encode(noise.integers(0, 256, (1_200, 1_600), np.uint8))
    yield "noise.png", _encode(noise.integers(0, 256, (1_200, 1_600, 3), np.uint8))
    rows, columns = np.indices((1_200, 1_600))
    for side in (1, 2, 3, 4, 8, 16, 32):
        yield f"checks-{side}.png", _encode((rows // side + columns // side) % 2 * 255)
        yield f"bars-{side}.png", _encode(columns // side % 2 * 255)
        yield f"lines-{side}.png", _encode(rows // side % 2 * 255)
        yield f"slants-{side}.png", _encode((rows + columns) // side % 2 * 255)
        yield (
            f"dashes-{side}.png",
            _encode(255 * ((rows % (8 * side) >= side) | (columns % (12 * side) >= 8 * side))),
        )
    for step in (10, 14, 18, 26, 40):
        yield f"crosses-{step}.png", _encode(_scatter("x", step))
        yield f"words-{step}.png", _encode(_scatter("no", step))
    modules = noise.integers(0, 2, (60, 80), np.uint8) * 255
    yield "square-code.png", _encode(np.kron(modules, np.ones((20, 20), np.uint8)))


def build_shapes() -> Parts:
    """Pictures that are very long or very small."""
    for width, height in (
        (1_562_500, 32),
        (1_000_000, 50),
        (200_000, 250),
        (40_000, 1_250),
        (20_841, _UNREDUCED_PX),
        (9_000, 40),
        (3_000, 32),
        (32, 32),
    ):
        letters_px = max(8, min(height, 1_000) * 3 // 4)
        page = draw_page(width, height, letters_px)
        yield f"{width}x{height}.png", encode(page, "PNG", compress_level=1)
        upright = page.transpose(Image.Transpose.ROTATE_90)
        yield f"{height}x{width}.png", encode(upright, "PNG", compress_level=1)


def build_depths() -> Parts:
    """Text in every depth and colour model, text that nobody sees, and no text at all."""
    page = draw_page(640, 480, 24)
    for mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        yield f"{mode}.png", encode(page.convert(mode), "PNG")
    for mode in ("L", "RGB", "CMYK"):
        yield f"{mode}.jpg", encode(page.convert(mode), "JPEG")
    deep = np.asarray(page.convert("RGBA"), np.uint16) * 257
    yield "16-bits.png", _encode(deep[:, :, 0])
    yield "16-bits-colour.png", _encode(deep[:, :, :3])
    yield "16-bits-alpha.png", _encode(deep)
    for name, opacity in {"invisible": 0, "faint": 1, "half": 128}.items():
        clear = page.convert("RGBA")
        clear.putalpha(opacity)
        yield f"{name}.png", encode(clear, "PNG")
        yield f"{name}.webp", encode(clear, "WEBP", lossless=True, exact=True)
    for level in (0, 127, 255):
        yield f"only-{level}.png", encode(Image.new("RGB", (640, 480), (level,) * 3), "PNG")
    yield "quadrants.png", encode(build_quadrants(640, 480), "PNG")


def build_largest() -> Parts:
    """Pictures of 50 megapixels full of text or noise."""
    for letters_px in (12, 60, 300):
        page = draw_page(_LARGEST, _LARGEST, letters_px)
        yield f"letters-of-{letters_px}-px.png", encode(page, "PNG", compress_level=1)
    colour = page.convert("RGB")
    yield "baseline.jpg", encode(colour, "JPEG")
    yield "progressive.jpg", encode(colour, "JPEG", progressive=True)
    yield "lossless.webp", encode(colour, "WEBP", lossless=True, method=0)
    yield "alpha.png", encode(colour.convert("RGBA"), "PNG", compress_level=1)
    noise = random.Random(_SEED).randbytes(_LARGEST * _LARGEST)
    yield "noise.jpg", encode(Image.frombytes("L", (_LARGEST, _LARGEST), noise), "JPEG", quality=20)


def _scatter(text: str, step: int) -> npt.NDArray[np.uint8]:
    """Repeat a short text over a white picture."""
    cell = np.full((step, len(text) * step, 3), 255, np.uint8)
    cv2.putText(cell, text, (1, step - 4), cv2.FONT_HERSHEY_SIMPLEX, step / 40, (0, 0, 0))
    return np.tile(cell, (1_200 // step, 1_600 // cell.shape[1], 1))


def _encode(pixels: npt.NDArray) -> bytes:
    """Return a PNG file; pixels of other types than 16 bits become 8 bits."""
    depth = np.uint16 if pixels.dtype == np.uint16 else np.uint8
    _, file = cv2.imencode(".png", pixels.astype(depth), [cv2.IMWRITE_PNG_COMPRESSION, 1])
    return file.tobytes()
