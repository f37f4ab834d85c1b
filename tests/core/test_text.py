"""Text as a task stores it and as the API shows it."""

import json
from dataclasses import replace

import pytest

from pipeline.core.text import (
    FoundLine,
    FoundWord,
    Point,
    TextPoint,
    decode_text,
    encode_text,
    measure_angle,
    show_text,
)
from tests.examples import TEXT


def test_stored_text_is_read_as_it_was() -> None:
    stored = json.loads(json.dumps(encode_text(TEXT)))

    assert decode_text(stored) == TEXT


def test_a_word_has_its_part_of_the_line() -> None:
    [line] = show_text(TEXT).lines

    assert line.text == "WAY OUT"
    assert [word.text for word in line.words] == ["WAY", "OUT"]
    last = line.words[1]
    assert (last.bounding_box.left, last.bounding_box.top) == (0.44, 0.1)
    assert (last.bounding_box.width, last.bounding_box.height) == (0.16, 0.1)
    assert last.polygon[2] == TextPoint(x=0.6, y=0.2)


def test_a_turned_line_has_a_box_around_its_corners() -> None:
    corners = (Point(0.5, 0.0), Point(1.0, 0.5), Point(0.5, 1.0), Point(0.0, 0.5))
    turned = FoundLine(corners, 45.0, 90.0, (FoundWord("UP", 90.0, 0.0, 1.0),))

    [line] = show_text(replace(TEXT, lines=(turned,))).lines

    assert line.bounding_box.model_dump() == {"left": 0, "top": 0, "width": 1, "height": 1}
    assert [(point.x, point.y) for point in line.words[0].polygon] == list(corners)


@pytest.mark.parametrize("angle", [90.1, -180, 180])
def test_a_line_in_any_direction_can_be_shown(angle: float) -> None:
    [line] = show_text(replace(TEXT, lines=(replace_angle(angle),))).lines

    assert line.angle == angle


def replace_angle(angle: float) -> FoundLine:
    return TEXT.lines[0]._replace(angle=angle)


@pytest.mark.parametrize(
    ("end", "ratio", "angle"),
    [((0.5, 0.0), 1, 0), ((0.0, 0.5), 1, 90), ((0.5, 0.5), 1, 45), ((0.25, -0.5), 2, -45)],
)
def test_an_angle_counts_clockwise_from_level(
    end: tuple[float, float], ratio: float, angle: float
) -> None:
    assert measure_angle(Point(0, 0), Point(*end), ratio) == pytest.approx(angle)
