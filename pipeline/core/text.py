"""The text in a picture: as a worker finds it, as a task stores it and as the API shows it.

The API's shape is that of Amazon Rekognition's DetectText, with the words inside their line:
https://docs.aws.amazon.com/rekognition/latest/APIReference/API_TextDetection.html

A task stores a word as its place along its line, which takes a tenth of the room of its corners.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from pipeline.core.labels import ApiModel, BoundingBox, Ratio

MAX_LINES = 100
"""More lines are not read, and the result says so."""

_DIGITS = 4  # Of a ratio: a tenth of a pixel in 1,000

_Percent = Annotated[float, Field(ge=0, le=100)]


class Point(NamedTuple):
    """A place in the upright picture, as ratios of its width and height."""

    x: float
    y: float


class FoundWord(NamedTuple):
    """A word and its place along its line: 0 is the start of the line, 1 its end."""

    text: str
    confidence: float  # In [0, 100]
    start: float
    end: float


class FoundLine(NamedTuple):
    """A line of text."""

    corners: tuple[Point, Point, Point, Point]
    """From where the line starts, above it: start and end above, end and start below."""
    angle: float  # Degrees, clockwise from left to right
    confidence: float  # In [0, 100]
    words: tuple[FoundWord, ...]

    @property
    def text(self) -> str:
        """The words with a space between them."""
        return " ".join(word.text for word in self.words)


@dataclass(frozen=True)
class FoundText:
    """All text that was read."""

    lines: tuple[FoundLine, ...]  # As people read: from top to bottom, from left to right
    truncated: bool  # Whether lines were left out because there were too many


class TextPoint(ApiModel):
    """A corner of a text."""

    x: Ratio = Field(description="As a ratio of the picture's width (0 to 1).", examples=[0.21])
    y: Ratio = Field(description="As a ratio of the picture's height (0 to 1).", examples=[0.34])


class TextWord(ApiModel):
    """A word in the picture."""

    text: str = Field(description="The word.", examples=["EXIT"])
    confidence: _Percent = Field(
        description="How sure the model is of its letters, 0 to 100.", examples=[98.2]
    )
    bounding_box: BoundingBox = Field(description="The upright box around it.")
    polygon: list[TextPoint] = Field(
        description="Its four corners: where the word starts and ends above, and where it ends and"
        " starts below."
    )


class TextLine(TextWord):
    """A line of text in the picture."""

    text: str = Field(description="The whole line.", examples=["EMERGENCY EXIT"])
    angle: float = Field(
        description="How far the line is turned clockwise, -180 to 180 degrees. 0 is level, 90 runs"
        " down.",
        examples=[-3.5],
        ge=-180,
        le=180,
    )
    words: list[TextWord] = Field(description="Its words, in their order.")


class PictureText(ApiModel):
    """The text in the picture."""

    lines: list[TextLine] = Field(
        description="Lines, from top to bottom and from left to right. Empty if there is no text."
    )
    truncated: bool = Field(
        description="Whether lines were left out because there is too much text: the smallest ones,"
        f" and those at the bottom. About {MAX_LINES} short lines or 20 of a page are read.",
        examples=[False],
    )


def encode_text(text: FoundText) -> dict[str, Any]:
    """Encode text as a task stores it."""
    return {
        "truncated": text.truncated,
        "lines": [
            [
                [round(number, _DIGITS) for corner in line.corners for number in corner],
                round(line.angle, 1),
                round(line.confidence, 1),
                [
                    [word.text, round(word.confidence, 1), *_round(word.start, word.end)]
                    for word in line.words
                ],
            ]
            for line in text.lines
        ],
    }


def decode_text(stored: dict[str, Any]) -> FoundText:
    """Read what `encode_text` wrote."""
    return FoundText(
        lines=tuple(
            FoundLine(
                _pair(numbers),
                angle,
                confidence,
                tuple(FoundWord(*word) for word in words),
            )
            for numbers, angle, confidence, words in stored["lines"]
        ),
        truncated=stored["truncated"],
    )


def show_text(text: FoundText) -> PictureText:
    """Build what the API returns: with the corners of each word."""
    return PictureText(lines=[_show_line(line) for line in text.lines], truncated=text.truncated)


def _show_line(line: FoundLine) -> TextLine:
    words = []
    for word in line.words:
        corners = cut_along(line.corners, word.start, word.end)
        words.append(
            TextWord(
                text=word.text,
                confidence=word.confidence,
                bounding_box=_surround(corners),
                polygon=_show_corners(corners),
            )
        )
    return TextLine(
        text=line.text,
        confidence=line.confidence,
        angle=line.angle,
        bounding_box=_surround(line.corners),
        polygon=_show_corners(line.corners),
        words=words,
    )


def cut_along(
    corners: tuple[Point, Point, Point, Point], start: float, end: float
) -> tuple[Point, Point, Point, Point]:
    """Return the corners of the part of a line from `start` to `end`, each in [0, 1]."""
    above_start, above_end, below_end, below_start = corners
    return (
        _between(above_start, above_end, start),
        _between(above_start, above_end, end),
        _between(below_start, below_end, end),
        _between(below_start, below_end, start),
    )


def _between(one: Point, other: Point, part: float) -> Point:
    return Point(
        round(one.x + (other.x - one.x) * part, _DIGITS),
        round(one.y + (other.y - one.y) * part, _DIGITS),
    )


def _pair(numbers: Sequence[float]) -> tuple[Point, Point, Point, Point]:
    one, two, three, four = (Point(*numbers[at : at + 2]) for at in range(0, 8, 2))
    return one, two, three, four


def _surround(corners: Sequence[Point]) -> BoundingBox:
    left, top = min(point.x for point in corners), min(point.y for point in corners)
    right, bottom = max(point.x for point in corners), max(point.y for point in corners)
    width, height = _round(right - left, bottom - top)
    return BoundingBox(left=left, top=top, width=width, height=height)


def _show_corners(corners: Sequence[Point]) -> list[TextPoint]:
    return [TextPoint(x=point.x, y=point.y) for point in corners]


def _round(*numbers: float) -> tuple[float, ...]:
    return tuple(round(number, _DIGITS) for number in numbers)


def measure_angle(start: Point, end: Point, ratio: float) -> float:
    """Return the direction from `start` to `end` in degrees, clockwise, in [-180, 180].

    Args:
        start: Where a line starts.
        end: Where it ends.
        ratio: Width of the picture divided by its height.
    """
    return math.degrees(math.atan2(end.y - start.y, (end.x - start.x) * ratio))
