"""Draws the boxes and names of a result into a copy of its photo."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps, UnidentifiedImageError

from spotter_client.errors import PhotoError
from spotter_client.models import Instance, Label

LONGEST_SIDE_PX = 1280
MOST_NAMES = 3
"""Labels without boxes that are named below the picture."""

# White text on each of them has a contrast of at least 4.5.
COLORS = ("#0d47a1", "#b71c1c", "#1b5e20", "#6a148c", "#a35400", "#004d64")
CAPTION = "#3c3c3c"


def annotate(photo: bytes, labels: Sequence[Label], target: Path) -> None:
    """Save a small annotated copy as JPEG.

    Raises:
        PhotoError: This machine cannot open the photo. HEIC and old AVIF need a plug-in of Pillow.
    """
    try:
        with Image.open(io.BytesIO(photo)) as opened:
            upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError) as error:
        raise PhotoError(f"No copy of {target.stem}: Pillow cannot open it here.") from error
    upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
    canvas = ImageDraw.Draw(upright)
    font = ImageFont.load_default(max(12, max(upright.size) // 45))
    boxed = [label for label in labels if label.instances]
    for number, label in enumerate(boxed):
        for instance in label.instances:
            _draw_box(canvas, upright.size, font, label, instance, COLORS[number % len(COLORS)])
    plain = [label for label in labels if not label.instances][:MOST_NAMES]
    if plain:
        names = ", ".join(f"{label.name} {label.confidence:.0f} %" for label in plain)
        _write(canvas, font, (0, upright.height), names, CAPTION)
    target.parent.mkdir(parents=True, exist_ok=True)
    upright.save(target, "JPEG", quality=88)


def _draw_box(
    canvas: ImageDraw.ImageDraw,
    size: tuple[int, int],
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    label: Label,
    instance: Instance,
    color: str,
) -> None:
    box, (width, height) = instance.bounding_box, size
    left, top = box.left * width, box.top * height
    right, bottom = left + box.width * width, top + box.height * height
    canvas.rectangle((left, top, right, bottom), outline=color, width=max(2, max(size) // 320))
    text = f"{label.name} {instance.confidence:.0f} %"
    text_height = canvas.textbbox((0, 0), text, font)[3] + 4
    _write(canvas, font, (left, top if top >= text_height else top + text_height), text, color)


def _write(
    canvas: ImageDraw.ImageDraw,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    corner: tuple[float, float],
    text: str,
    color: str,
) -> None:
    """Write on a coloured ground. `corner` is its lower left one."""
    left, bottom = corner
    _, _, text_width, text_height = canvas.textbbox((0, 0), text, font)
    top = bottom - text_height - 4
    canvas.rectangle((left, top, left + text_width + 8, bottom), fill=color)
    canvas.text((left + 4, top + 1), text, fill="#ffffff", font=font)
