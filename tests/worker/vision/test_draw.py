"""Annotated pictures."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from pipeline.core.errors import UnsupportedFormatError
from pipeline.core.labels import BoundingBox, Label
from pipeline.worker.vision.draw import annotate, format_label
from tests.examples import CAT

GREY = 128


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    cv2.imwrite(str(path), np.full((480, 640, 3), GREY, np.uint8))
    return path


def build_label(box: BoundingBox | None = None) -> Label:
    if box is None:
        return CAT
    instance = CAT.instances[0].model_copy(update={"bounding_box": box})
    return CAT.model_copy(update={"instances": [instance]})


def draw(photo: Path, *labels: Label) -> Path:
    """The annotated copy of a photo."""
    target = photo.parent / "out" / "copy.jpg"
    annotate(photo.read_bytes(), labels, target)
    return target


def find_drawn(picture: Path) -> npt.NDArray[np.bool_]:
    """The pixels that are not grey, with a tolerance for JPEG."""
    image = cv2.imread(str(picture))
    assert image is not None
    return np.asarray((np.abs(image.astype(int) - GREY) > 40).any(axis=2), np.bool_)


def test_a_box_is_drawn_where_the_thing_is(photo: Path) -> None:
    picture = draw(photo, CAT)

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
        BoundingBox(left=0, top=0, width=1, height=1),
        BoundingBox(left=0.97, top=0.97, width=0.03, height=0.03),
    ],
)
def test_a_name_stays_inside_the_picture(photo: Path, box: BoundingBox) -> None:
    middle = BoundingBox(left=0.3, top=0.3, width=0.1, height=0.1)
    inside = np.count_nonzero(find_drawn(draw(photo, build_label(middle)))[20:-20])

    at_the_edge = draw(photo, build_label(box))

    assert min(inside, np.count_nonzero(find_drawn(at_the_edge)[20:-20])) > 0
    assert cv2.imread(str(at_the_edge)).shape == (480, 640, 3)  # type: ignore[union-attr]


def test_a_label_without_a_box_is_written_in_the_corner(photo: Path) -> None:
    drawn = find_drawn(draw(photo, CAT.model_copy(update={"instances": []})))

    assert drawn[:60, :200].any()
    assert not drawn[100:].any()


def test_a_large_photo_is_scaled_to_a_screen(tmp_path: Path) -> None:
    photo = tmp_path / "large.jpg"
    cv2.imwrite(str(photo), np.full((1000, 4000, 3), GREY, np.uint8))

    picture = draw(photo, CAT)

    assert cv2.imread(str(picture)).shape == (320, 1280, 3)  # type: ignore[union-attr]


def test_a_file_that_is_not_a_picture_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnsupportedFormatError):
        annotate(b"not a picture", [], tmp_path / "copy.jpg")


def test_drawn_names_use_only_letters_of_the_font() -> None:
    assert format_label("café", 97.5) == "caf? 98%"


def test_names_at_the_same_place_do_not_cover_each_other(photo: Path) -> None:
    single = np.count_nonzero(find_drawn(draw(photo, CAT)))

    double = np.count_nonzero(find_drawn(draw(photo, CAT, CAT)))

    assert double - single > 1000
