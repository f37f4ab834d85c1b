"""Rekognition's text in our shape."""

from typing import Any

import pytest

from pipeline.core.text import FoundText, Point
from pipeline.worker.rekognition.answers import TextAnswer
from pipeline.worker.rekognition.lines import MOST_WORDS, build_text

Corners = list[tuple[float, float]]
LEVEL: Corners = [(0.1, 0.1), (0.5, 0.1), (0.5, 0.2), (0.1, 0.2)]


def write(text: str, corners: Corners, *, line: int | None = None, number: int = 0) -> Any:
    return {
        "DetectedText": text,
        "Type": "LINE" if line is None else "WORD",
        "Id": number,
        **({} if line is None else {"ParentId": line}),
        "Confidence": 99.5,
        "Geometry": {"Polygon": [{"X": x, "Y": y} for x, y in corners]},
    }


def read(*parts: Any, ratio: float = 1.0) -> FoundText:
    return build_text(TextAnswer(TextDetections=list(parts)).text_detections, ratio)


def test_words_stand_inside_their_line() -> None:
    first: Corners = [(0.1, 0.1), (0.2, 0.1), (0.2, 0.2), (0.1, 0.2)]
    second: Corners = [(0.3, 0.1), (0.5, 0.1), (0.5, 0.2), (0.3, 0.2)]

    found = read(
        write("WAY OUT", LEVEL),
        write("other", LEVEL, number=1),
        write("WAY", first, line=0, number=2),
        write("OUT", second, line=0, number=3),
        ratio=2.0,
    )

    line, other = found.lines
    assert line.text == "WAY OUT"
    ends = [end for word in line.words for end in (word.start, word.end)]
    assert ends == pytest.approx([0, 0.25, 0.5, 1])
    assert other.words == ()
    assert not found.truncated


def test_a_turned_line_has_its_angle_in_the_picture_and_not_in_ratios() -> None:
    # 45 degrees down in a picture that is twice as wide as high
    corners: Corners = [(0.1, 0.1), (0.3, 0.5), (0.25, 0.6), (0.05, 0.2)]

    [line] = read(write("down", corners), ratio=2.0).lines

    assert line.angle == pytest.approx(45)


def test_corners_beyond_the_picture_are_cut_off() -> None:
    [line] = read(write("x", [(-0.1, 0.1), (1.2, 0.1), (1.2, 0.2), (-0.1, 0.2)])).lines

    assert line.corners[:2] == (Point(0, 0.1), Point(1, 0.1))


def test_a_line_without_a_length_has_its_words_at_its_start() -> None:
    dot: Corners = [(0.1, 0.1)] * 4

    [line] = read(write(".", dot), write(".", dot, line=0, number=1)).lines

    assert (line.words[0].start, line.words[0].end) == (0, 0)


def test_as_many_words_as_rekognition_reads_may_not_be_all() -> None:
    def count(words: int) -> bool:
        parts = [write("a", LEVEL, line=0, number=n + 1) for n in range(words)]
        return read(write("a a", LEVEL), *parts).truncated

    assert (count(MOST_WORDS - 1), count(MOST_WORDS)) == (False, True)
