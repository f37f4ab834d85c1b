"""Annotated pictures."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from infra.local.demo.client import DemoError
from infra.local.demo.draw import annotate, format_label
from pipeline.core.tasks.record import encode_labels
from tests.examples import CAT

GREY = 128


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((480, 640, 3), GREY, np.uint8))
    return path


def build_task(**box: float) -> dict[str, Any]:
    [label] = json.loads(encode_labels([CAT]))
    if box:
        label["instances"][0]["boundingBox"] = box
    return {"labels": [label]}


def find_drawn(picture: Path) -> npt.NDArray[np.bool_]:
    """Where the picture is not grey any more, with room for what JPEG does."""
    image = cv2.imread(str(picture))
    assert image is not None
    return np.asarray((np.abs(image.astype(int) - GREY) > 40).any(axis=2), np.bool_)


def test_a_box_is_drawn_where_the_thing_is(photo: Path, tmp_path: Path) -> None:
    picture = annotate(photo, build_task(), tmp_path / "out")

    drawn = find_drawn(picture)
    rows, columns = np.nonzero(drawn)
    assert rows.min() == pytest.approx(0.2 * 480, abs=5)
    assert rows.max() == pytest.approx(0.8 * 480, abs=5)
    assert columns.min() == pytest.approx(0.1 * 640, abs=5)
    assert columns.max() == pytest.approx(0.6 * 640, abs=5)
    assert not drawn[240, 200]


@pytest.mark.parametrize(
    "box",
    [
        {"left": 0.0, "top": 0.0, "width": 1.0, "height": 1.0},
        {"left": 0.97, "top": 0.97, "width": 0.03, "height": 0.03},
    ],
)
def test_a_name_stays_inside_the_picture(photo: Path, tmp_path: Path, box: dict[str, Any]) -> None:
    inside = annotate(photo, build_task(left=0.3, top=0.3, width=0.1, height=0.1), tmp_path / "a")

    at_the_edge = annotate(photo, build_task(**box), tmp_path / "b")

    written = [np.count_nonzero(find_drawn(path)[20:-20]) for path in (inside, at_the_edge)]
    assert min(written) > 0
    assert cv2.imread(str(at_the_edge)).shape == (480, 640, 3)  # type: ignore[union-attr]


def test_a_label_of_the_whole_picture_is_written_in_its_corner(photo: Path, tmp_path: Path) -> None:
    task = build_task()
    task["labels"][0]["instances"] = []

    drawn = find_drawn(annotate(photo, task, tmp_path / "out"))

    assert drawn[:60, :200].any()
    assert not drawn[100:].any()


def test_a_large_photo_is_made_fit_for_a_screen(tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    cv2.imwrite(str(photo), np.full((1000, 4000, 3), GREY, np.uint8))

    picture = annotate(photo, build_task(), tmp_path / "out")

    assert cv2.imread(str(picture)).shape == (320, 1280, 3)  # type: ignore[union-attr]


def test_a_file_that_is_no_picture_is_told(tmp_path: Path) -> None:
    photo = tmp_path / "text.jpg"
    photo.write_text("not a picture")

    with pytest.raises(DemoError, match="cannot be drawn"):
        annotate(photo, build_task(), tmp_path / "out")


def test_names_have_only_letters_that_the_font_knows() -> None:
    assert format_label("café", 97.5) == "caf? 98%"


def test_names_at_the_same_place_do_not_cover_each_other(photo: Path, tmp_path: Path) -> None:
    task = build_task()
    single = np.count_nonzero(find_drawn(annotate(photo, task, tmp_path / "one")))

    task["labels"] = task["labels"] * 2
    double = np.count_nonzero(find_drawn(annotate(photo, task, tmp_path / "two")))

    assert double - single > 1000
