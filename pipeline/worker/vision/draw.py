"""Draws the labels of a picture into a copy of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import cv2

from pipeline.core.labels import BoundingBox, Label
from pipeline.worker.vision.image import Image, decode_image, resize

Color = tuple[int, int, int]

LONGEST_SIDE_PX = 1280
# BGR. White text on each of them has a contrast of at least 4.5.
COLORS: tuple[Color, ...] = (
    (161, 71, 13),
    (28, 28, 183),
    (32, 94, 27),
    (140, 20, 106),
    (0, 84, 163),
    (100, 77, 0),
)
CAPTION_COLOR: Color = (60, 60, 60)
WHITE: Color = (255, 255, 255)
FONT = cv2.FONT_HERSHEY_SIMPLEX
MAX_CAPTION_LABELS = 3


@dataclass(frozen=True)
class _Rectangle:
    """A rectangle in pixels. `right` and `bottom` are the first pixels outside."""

    left: int
    top: int
    right: int
    bottom: int

    def overlaps(self, other: Self) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass
class _Canvas:
    """A picture, line and font sizes that fit it, and the places that already have text."""

    image: Image
    texts: list[_Rectangle] = field(default_factory=list)

    @property
    def longest_side_px(self) -> int:
        return int(max(self.image.shape[:2]))

    @property
    def line_px(self) -> int:
        return max(2, self.longest_side_px // 400)

    @property
    def padding_px(self) -> int:
        return max(4, self.longest_side_px // 200)

    @property
    def font_scale(self) -> float:
        return max(0.5, self.longest_side_px / 1400)

    def draw_box(self, color: Color, box: BoundingBox) -> tuple[int, int]:
        """Draw a bounding box.

        Returns:
            Its upper left corner, x and y.
        """
        height, width = self.image.shape[:2]
        left, top = round(box.left * width), round(box.top * height)
        right = round((box.left + box.width) * width)
        bottom = round((box.top + box.height) * height)
        # The white edge around the colour makes a box visible on any background.
        for edge, thickness in ((WHITE, self.line_px + 2), (color, self.line_px)):
            cv2.rectangle(self.image, (left, top), (right, bottom), edge, thickness, cv2.LINE_AA)
        return left, top

    def draw_text(self, color: Color, text: str, left: int, top: int) -> None:
        """Write white text on a filled box, at the place or at the nearest free one."""
        thickness = max(1, self.line_px // 2)
        (text_width, text_height), baseline = cv2.getTextSize(
            text, FONT, self.font_scale, thickness
        )
        width = text_width + 2 * self.padding_px
        height = text_height + baseline + 2 * self.padding_px
        place = self._find_room(left, top, width, height)
        self.texts.append(place)
        corners = (place.left, place.top), (place.right, place.bottom)
        cv2.rectangle(self.image, *corners, color, cv2.FILLED)
        origin = (place.left + self.padding_px, place.top + self.padding_px + text_height)
        cv2.putText(self.image, text, origin, FONT, self.font_scale, WHITE, thickness, cv2.LINE_AA)

    def _find_room(self, left: int, top: int, width: int, height: int) -> _Rectangle:
        """Move a text into the picture and below the texts that it would cover."""
        left = max(0, min(left, self.image.shape[1] - width))
        lowest = max(0, self.image.shape[0] - height)
        top = max(0, min(top, lowest))
        for y in range(top, lowest + 1, height + 1):
            place = _Rectangle(left, y, left + width, y + height)
            if not any(place.overlaps(other) for other in self.texts):
                return place
        return _Rectangle(left, top, left + width, top + height)


def annotate(data: bytes, labels: Sequence[Label], target: Path) -> None:
    """Write an annotated copy of a picture: a box and a name for every instance.

    Labels without instances stand in the upper left corner, at most `MAX_CAPTION_LABELS` of them.

    Args:
        data: The file of the picture.
        labels: What `Recognizer.recognize` or the API returned for it.
        target: The JPEG file to write. Missing folders are created.

    Raises:
        PermanentError: The picture cannot be decoded.
        OSError: The file cannot be written.
    """
    canvas = _Canvas(_load(data))
    names = []
    for index, label in enumerate(labels):
        color = COLORS[index % len(COLORS)]
        for instance in label.instances:
            text = format_label(label.name, instance.confidence)
            names.append((color, text, *canvas.draw_box(color, instance.bounding_box)))
    # All names after all boxes, so that no line crosses a name.
    for name in names:
        canvas.draw_text(*name)
    captions = [label for label in labels if not label.instances]
    for label in captions[:MAX_CAPTION_LABELS]:
        text = format_label(label.name, label.confidence)
        canvas.draw_text(CAPTION_COLOR, text, canvas.padding_px, canvas.padding_px)
    _, jpeg = cv2.imencode(".jpg", canvas.image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(jpeg.tobytes())


def format_label(name: str, confidence: float) -> str:
    """Build the text of a label in ASCII, because OpenCV's font has no other letters."""
    return f"{name.encode('ascii', 'replace').decode()} {confidence:.0f}%"


def _load(data: bytes) -> Image:
    """Decode a picture upright, with its longer side at most `LONGEST_SIDE_PX`."""
    image, _ = decode_image(data, shortest_side_px=LONGEST_SIDE_PX)
    scale = LONGEST_SIDE_PX / max(image.shape[:2])
    if scale >= 1:
        return image
    height, width = image.shape[:2]
    return resize(image, max(1, round(width * scale)), max(1, round(height * scale)))
