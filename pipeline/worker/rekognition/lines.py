"""Brings the text that Amazon Rekognition reads to our shape: words inside their line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from pipeline.core.text import FoundLine, FoundText, FoundWord, Point, measure_angle
from pipeline.worker.rekognition.answers import FoundTextPart

MOST_WORDS = 100
"""Rekognition reads no more words in one picture."""

_CORNERS = 4


def build_text(parts: Sequence[FoundTextPart], ratio: float) -> FoundText:
    """Build lines of words.

    Args:
        parts: Lines, and words that name their line.
        ratio: Width of the upright picture divided by its height.
    """
    words: defaultdict[int | None, list[FoundTextPart]] = defaultdict(list)
    for part in parts:
        if part.type == "WORD" and len(part.geometry.polygon) == _CORNERS:
            words[part.parent_id].append(part)
    lines = [
        _build_line(part, words[part.id], ratio)
        for part in parts
        if part.type == "LINE" and len(part.geometry.polygon) == _CORNERS
    ]
    count = sum(len(found) for found in words.values())
    return FoundText(lines=tuple(lines), truncated=count >= MOST_WORDS)


def _build_line(line: FoundTextPart, words: Sequence[FoundTextPart], ratio: float) -> FoundLine:
    corners = _read_corners(line)
    start, end = corners[0], corners[1]
    return FoundLine(
        corners=corners,
        angle=measure_angle(start, end, ratio),
        confidence=_to_percent(line.confidence),
        words=tuple(
            FoundWord(
                word.detected_text,
                _to_percent(word.confidence),
                _place_along(start, end, _read_corners(word)[0], ratio),
                _place_along(start, end, _read_corners(word)[1], ratio),
            )
            for word in words
        ),
    )


def _place_along(start: Point, end: Point, point: Point, ratio: float) -> float:
    """Where `point` is between `start` (0) and `end` (1)."""
    across, down = (end.x - start.x) * ratio, end.y - start.y
    length = across**2 + down**2
    if not length:
        return 0.0
    part = ((point.x - start.x) * ratio * across + (point.y - start.y) * down) / length
    return min(1.0, max(0.0, part))


def _read_corners(part: FoundTextPart) -> tuple[Point, Point, Point, Point]:
    one, two, three, four = (
        Point(min(1.0, max(0.0, corner.x)), min(1.0, max(0.0, corner.y)))
        for corner in part.geometry.polygon
    )
    return one, two, three, four


def _to_percent(value: float) -> float:
    return min(100.0, max(0.0, value))
