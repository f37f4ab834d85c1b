"""Annotated pictures: a box and a name around everything that was found."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from infra.local.demo.client import DemoError, Json

Image = npt.NDArray[np.uint8]
Color = tuple[int, int, int]

LONGEST_SIDE_PX = 1280
# BGR, dark enough for white text on them (contrast of at least 4.5)
COLORS: tuple[Color, ...] = (
    (161, 71, 13),
    (28, 28, 183),
    (32, 94, 27),
    (140, 20, 106),
    (0, 84, 163),
    (100, 77, 0),
)
WHITE: Color = (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX
MAX_CAPTION_LABELS = 3


@dataclass(frozen=True)
class _Pen:
    """Sizes that fit the picture."""

    line_px: int
    scale: float
    padding_px: int


def annotate(photo: Path, task: Json, folder: Path) -> Path:
    """Draw the labels of a finished task into a copy of its photo.

    Returns:
        The new JPEG file in `folder`.
    """
    image = _load(photo)
    pen = _choose_pen(image)
    corner = pen.padding_px
    for index, label in enumerate(task["labels"]):
        color = COLORS[index % len(COLORS)]
        for instance in label["instances"]:
            _draw_instance(image, pen, color, label["name"], instance)
    captions = [label for label in task["labels"] if not label["instances"]]
    for index, label in enumerate(captions[:MAX_CAPTION_LABELS]):
        text = format_label(label["name"], label["confidence"])
        corner = _draw_text(image, pen, COLORS[-1 - index], text, pen.padding_px, corner)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{photo.stem}.jpg"
    cv2.imwrite(str(target), image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return target


def format_label(name: str, confidence: float) -> str:
    # OpenCV's font knows ASCII only.
    return f"{name.encode('ascii', 'replace').decode()} {confidence:.0f}%"


def _load(photo: Path) -> Image:
    """The photo as a person sees it, not larger than a screen."""
    image = cv2.imdecode(np.frombuffer(photo.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise DemoError(f"{photo} cannot be drawn on.")
    scale = LONGEST_SIDE_PX / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(image, np.uint8)


def _choose_pen(image: Image) -> _Pen:
    size = max(image.shape[:2])
    return _Pen(
        line_px=max(2, size // 400), scale=max(0.5, size / 1400), padding_px=max(4, size // 200)
    )


def _draw_instance(image: Image, pen: _Pen, color: Color, name: str, instance: Any) -> None:
    height, width = image.shape[:2]
    box = instance["boundingBox"]
    left, top = round(box["left"] * width), round(box["top"] * height)
    right = round((box["left"] + box["width"]) * width)
    bottom = round((box["top"] + box["height"]) * height)
    # A white edge around the colour: visible on any background.
    cv2.rectangle(image, (left, top), (right, bottom), WHITE, pen.line_px + 2, cv2.LINE_AA)
    cv2.rectangle(image, (left, top), (right, bottom), color, pen.line_px, cv2.LINE_AA)
    _draw_text(image, pen, color, format_label(name, instance["confidence"]), left, top)


def _draw_text(image: Image, pen: _Pen, color: Color, text: str, left: int, top: int) -> int:
    """Write white text on a filled box, moved into the picture if it would leave it.

    Returns:
        The y coordinate below the box.
    """
    thickness = max(1, pen.line_px // 2)
    (text_width, text_height), baseline = cv2.getTextSize(text, FONT, pen.scale, thickness)
    width, height = text_width + 2 * pen.padding_px, text_height + baseline + 2 * pen.padding_px
    left = max(0, min(left, image.shape[1] - width))
    top = max(0, min(top, image.shape[0] - height))
    cv2.rectangle(image, (left, top), (left + width, top + height), color, cv2.FILLED)
    origin = (left + pen.padding_px, top + pen.padding_px + text_height)
    cv2.putText(image, text, origin, FONT, pen.scale, WHITE, thickness, cv2.LINE_AA)
    return top + height
