from pathlib import Path

import pytest

from pipeline.weights.errors import WeightsError
from pipeline.weights.pictures import (
    Thing,
    measure_overlap,
    read_boxed_pictures,
    read_named_pictures,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two boxed pictures and two named ones."""
    boxed = tmp_path / "boxed"
    (boxed / "images").mkdir(parents=True)
    (boxed / "labels").mkdir()
    for name in ("1.jpg", "2.PNG", "notes.txt"):
        (boxed / "images" / name).touch()
    (boxed / "labels" / "1.txt").write_text("0 0.5 0.5 0.2 0.4\n15 0.5 0.5 1 1\n")
    for synset in ("n03888257", "n04392985"):
        (tmp_path / "named" / synset).mkdir(parents=True)
        (tmp_path / "named" / synset / "a.JPEG").touch()
    return tmp_path


def test_the_things_of_a_boxed_picture_have_names_and_boxes(folder: Path) -> None:
    first, second = read_boxed_pictures(folder)

    person, cat = first.things
    assert (person.name, cat) == ("person", Thing("cat", (0, 0, 1, 1)))
    assert person.box == pytest.approx((0.4, 0.3, 0.6, 0.7))
    assert (second.path.name, second.things) == ("2.PNG", ())


def test_a_named_picture_has_the_name_that_a_label_would_have(folder: Path) -> None:
    names = [picture.name for picture in read_named_pictures(folder)]

    assert names == ["parachute", "cassette player"]


def test_the_folder_of_one_kind_will_do(folder: Path) -> None:
    assert len(read_boxed_pictures(folder / "boxed")) == 2
    assert len(read_named_pictures(folder / "named")) == 2
    assert read_named_pictures(folder / "boxed") == []


@pytest.mark.parametrize("line", ["80 0 0 1 1", "cat 0 0 1 1", "0 0 0 1", "0 a b c d"])
def test_a_line_that_is_no_thing_is_named(folder: Path, line: str) -> None:
    (folder / "boxed" / "labels" / "2.txt").write_text(line)

    with pytest.raises(
        WeightsError, match=r"2\.txt: .* is not a thing\. Write a class from 0 to 79"
    ):
        read_boxed_pictures(folder)


def test_a_missing_folder_and_an_unknown_class_are_named(folder: Path) -> None:
    with pytest.raises(WeightsError, match="is not a folder"):
        read_boxed_pictures(folder / "none")

    (folder / "named" / "n00000001").mkdir()
    (folder / "named" / "n00000001" / "a.jpg").touch()
    with pytest.raises(WeightsError, match="n00000001 is no class"):
        read_named_pictures(folder)


def test_the_overlap_is_the_shared_part_of_both() -> None:
    box = (0.0, 0.0, 0.5, 0.5)

    assert measure_overlap(box, box) == 1
    assert measure_overlap(box, (0.25, 0.0, 0.75, 0.5)) == pytest.approx(1 / 3)
    assert measure_overlap(box, (0.5, 0.5, 1.0, 1.0)) == 0
