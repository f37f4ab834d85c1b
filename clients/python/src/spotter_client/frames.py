"""Pictures of a camera: a folder of photos, one photo, or a film."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageOps, UnidentifiedImageError

from spotter_client.errors import PhotoError

if TYPE_CHECKING:
    import cv2

LONGEST_SIDE_PX = 640
"""The networks see no more."""

JPEG_QUALITY = 75


def read_frames(path: Path) -> Iterator[bytes]:
    """Each picture as a small JPEG. A folder or a photo begins again at its end, a film does not.

    Raises:
        PhotoError: There is no picture that this machine can open.
    """
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    frames = [frame for file in files if (frame := _read_photo(file))]
    if frames:
        return cycle(frames)
    if path.is_dir():
        raise PhotoError(f"No picture in {path} can be opened. Give a folder of JPEGs.")
    return _read_film(path)


def shrink(image: Image.Image) -> bytes:
    """A picture as a JPEG of at most `LONGEST_SIDE_PX`."""
    small = image.convert("RGB")
    small.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX), Image.Resampling.BOX)
    jpeg = io.BytesIO()
    small.save(jpeg, "JPEG", quality=JPEG_QUALITY)
    return jpeg.getvalue()


def _read_photo(file: Path) -> bytes | None:
    try:
        with Image.open(file) as opened:
            return shrink(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, OSError):
        return None


def _read_film(path: Path) -> Iterator[bytes]:
    try:
        import cv2
    except ImportError as error:
        hint = "For films run: pip install opencv-python-headless"
        raise PhotoError(f"{path} is no photo. {hint}") from error
    film = cv2.VideoCapture(str(path))
    if not film.isOpened():
        raise PhotoError(f"{path} is no photo, and no film that can be opened here.")
    return _read_opened(film)


def _read_opened(film: cv2.VideoCapture) -> Iterator[bytes]:
    import cv2

    try:
        while True:
            there, image = film.read()
            if not there:
                return
            yield shrink(Image.fromarray(cv2.cvtColor(image, cv2.COLOR_BGR2RGB)))
    finally:
        film.release()
