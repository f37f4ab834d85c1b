"""Measures how long an added model takes for a picture."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from pipeline.core.errors import PermanentError
from pipeline.weights.errors import WeightsError
from pipeline.worker.vision.added.model import AddedModel
from pipeline.worker.vision.image import Image, decode_image
from pipeline.worker.vision.preview import halve

Photos: TypeAlias = list[bytes]
"""JPEG files."""

ROUNDS = 3
_MOST_PHOTOS = 50


def read_photos(folder: Path) -> Photos:
    """Read JPEG files of a folder, in the order of their names.

    Raises:
        WeightsError: There is none.
    """
    paths = sorted(folder.rglob("*.jpg"))[:_MOST_PHOTOS]
    if not paths:
        raise WeightsError(f"{folder} has no photo.jpg. Name a folder of photos with --photos.")
    return [path.read_bytes() for path in paths]


def open_photos(model: AddedModel, photos: Photos) -> list[Image]:
    """Return the photos as the model gets them. What cannot be opened is left out.

    Raises:
        WeightsError: None can be opened.
    """
    images = []
    for photo in photos:
        try:
            image, _ = decode_image(photo, shortest_side_px=model.side_px)
        except PermanentError:
            continue
        images.append(halve(image, shortest_side_px=model.side_px))
    if not images:
        raise WeightsError("None of the photos can be opened. Name other ones with --photos.")
    return images


def measure(model: AddedModel, images: Sequence[Image]) -> float:
    """Return the milliseconds of one core for a picture: the median of the fastest rounds."""
    fastest = [min(_time(model, image) for _ in range(ROUNDS)) for image in images]
    return 1000 * statistics.median(fastest)


def _time(model: AddedModel, image: Image) -> float:
    started = time.process_time()
    model.look(image)
    return time.process_time() - started
