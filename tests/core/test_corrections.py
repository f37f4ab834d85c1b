"""Corrected labels are what their owner said, with all that belongs to the right names."""

import pytest

from pipeline.core.corrections import Corrections, build_corrections, correct_labels
from pipeline.core.errors import LabelNotFoundError
from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.vocabulary import WordFinder, load_words

WORDS = WordFinder(load_words())
BOX = BoundingBox(left=0.1, top=0.2, width=0.3, height=0.4)


def refer_to(*names: str) -> list[LabelName]:
    return [LabelName(name=name) for name in names]


def build(name: str, confidence: float, *parents: str, boxes: int = 0) -> Label:
    boxed = [Instance(bounding_box=BOX, confidence=confidence)] * boxes
    return Label(name=name, confidence=confidence, parents=refer_to(*parents), instances=boxed)


FOUND = [
    build("animal", 98),
    build("dog", 97, "animal", boxes=1),
    build("German Shepherd", 90, "dog", "animal"),
    build("furniture", 61),
    build("couch", 60, "furniture", boxes=2),
    build("stick", 35),
]


def say(**parts: list[str] | list[tuple[str, str]]) -> Corrections:
    given = {"removed": [], "renamed": [], "added": [], **parts}
    return build_corrections(FOUND, WORDS, **given)  # type: ignore[arg-type]


def correct(**parts: list[str] | list[tuple[str, str]]) -> dict[str, Label]:
    return {label.name: label for label in correct_labels(FOUND, say(**parts))}


def test_without_corrections_the_labels_stand_as_they_were_found() -> None:
    assert say().is_empty
    assert list(correct()) == [label.name for label in FOUND]


def test_a_removed_label_takes_along_the_wider_names_that_only_it_led_to() -> None:
    assert list(correct(removed=["couch"])) == ["animal", "dog", "German Shepherd", "stick"]


def test_a_wider_name_stays_while_another_label_leads_to_it_or_it_has_boxes() -> None:
    labels = correct(removed=["German Shepherd"])

    assert {"animal", "dog"} <= labels.keys()
    assert "German Shepherd" not in labels


def test_a_renamed_label_keeps_its_boxes_and_is_certain() -> None:
    labels = correct(renamed=[("couch", "bed")])

    assert "couch" not in labels
    assert (labels["bed"].confidence, labels["bed"].instances) == (100, FOUND[4].instances)


def test_a_label_that_is_renamed_to_another_one_joins_it() -> None:
    labels = correct(renamed=[("couch", "dog")])

    assert len(labels["dog"].instances) == 3
    assert labels["dog"].confidence == 100
    assert labels["animal"].confidence == 100


def test_an_added_name_of_ours_brings_its_wider_names_and_aliases() -> None:
    labels = correct(added=["Automobile"])

    assert "automobile" in [alias.name for alias in labels["car"].aliases]
    assert labels["vehicle"].confidence == 100
    assert [parent.name for parent in labels["car"].parents][-1] in labels


def test_any_other_name_is_taken_as_it_is() -> None:
    labels = correct(added=["Rex"])

    assert (labels["Rex"].confidence, labels["Rex"].parents) == (100, [])


def test_a_label_that_is_added_although_it_was_found_is_confirmed() -> None:
    labels = correct(added=["stick"])

    assert labels["stick"].confidence == 100
    assert [label.name for label in FOUND].count("stick") == 1


def test_two_names_of_one_thing_are_added_once() -> None:
    assert [each.name for each in say(added=["car", "automobile"]).added] == ["car"]


@pytest.mark.parametrize("parts", [{"removed": ["horse"]}, {"renamed": [("horse", "dog")]}])
def test_a_label_that_was_not_found_cannot_be_wrong(parts: dict[str, list[str]]) -> None:
    with pytest.raises(LabelNotFoundError):
        say(**parts)


def test_certain_labels_come_first() -> None:
    assert next(iter(correct(added=["stick"]))) == "stick"


def test_corrections_are_the_same_after_they_were_stored() -> None:
    made = say(removed=["stick"], renamed=[("couch", "bed")], added=["car"])

    assert Corrections.model_validate(made.model_dump(by_alias=True)) == made
