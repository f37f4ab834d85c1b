"""A film of photos that Chromium plays as if it came from a camera."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageOps

SIZE = (640, 480)
FRAMES_A_SECOND = 30
"""Chromium plays files of this kind at this rate, again and again."""

WANDER_PX = 40


def write_film(path: Path, photos: Sequence[Path], seconds: int) -> None:
    """Show each photo for so many seconds, moving a little.

    The file holds one JPEG after the other, which Chromium calls mjpeg.
    """
    with path.open("wb") as film:
        for photo in photos:
            with Image.open(photo) as opened:
                wide = ImageOps.fit(opened.convert("RGB"), (SIZE[0] + WANDER_PX, SIZE[1]))
            count = seconds * FRAMES_A_SECOND
            for number in range(count):
                left = WANDER_PX * number // count
                film.write(_encode(wide.crop((left, 0, left + SIZE[0], SIZE[1]))))


def _encode(picture: Image.Image) -> bytes:
    jpeg = BytesIO()
    picture.save(jpeg, "JPEG", quality=80)
    return jpeg.getvalue()
