"""Pictures of a camera: a folder of photos, one photo, or a film that OpenCV opens."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from typing import Any

import cv2

LONGEST_SIDE_PX = 640
"""The networks see no more."""

JPEG_QUALITY = 75


class CameraError(Exception):
    """There is no picture to send; the text says why."""


def read_camera(path: Path) -> Iterator[bytes]:
    """Each picture as a small JPEG. A folder or a photo begins again at its end, a film does not.

    Raises:
        CameraError: OpenCV can open none of it.
    """
    if path.is_dir():
        frames = [frame for file in sorted(path.iterdir()) if (frame := _read_photo(file))]
        if not frames:
            raise CameraError(f"No picture in {path} can be opened. Give it a folder of JPEGs.")
        return cycle(frames)
    if photo := _read_photo(path):
        return cycle([photo])
    return _read_film(path)


def shrink(image: Any) -> bytes:
    """A picture as a JPEG of at most `LONGEST_SIDE_PX`."""
    height, width = image.shape[:2]
    scale = min(1.0, LONGEST_SIDE_PX / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return bytes(jpeg)


def _read_photo(file: Path) -> bytes | None:
    image: Any = cv2.imread(str(file)) if file.is_file() else None
    return None if image is None else shrink(image)


def _read_film(path: Path) -> Iterator[bytes]:
    film = cv2.VideoCapture(str(path))
    if not film.isOpened():
        raise CameraError(f"{path} is no photo and no film that OpenCV opens.")
    return _read_frames(film)


def _read_frames(film: cv2.VideoCapture) -> Iterator[bytes]:
    try:
        while True:
            there, image = film.read()
            if not there:
                return
            yield shrink(image)
    finally:
        film.release()
