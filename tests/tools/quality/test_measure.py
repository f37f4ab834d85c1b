"""Judging answers that are known to be right or wrong."""

from pathlib import Path

import pytest

from pipeline.core.labels import BoundingBox, Instance, Label
from pipeline.weights.pictures import BoxedPicture, NamedPicture, Thing
from tools.quality.measure import Answers, Judge, Quality, compute_average_precision, find_size
from tools.quality.report import build_tables, draw_reliability

PATH = Path("picture.jpg")


def build_label(name: str, confidence: float, *boxes: tuple[float, float]) -> Label:
    """A label with boxes of a tenth of the picture: their left edges and confidences."""
    return Label(
        name=name,
        confidence=confidence,
        instances=[
            Instance(
                bounding_box=BoundingBox(left=left, top=0, width=0.1, height=1), confidence=sure
            )
            for left, sure in boxes
        ],
    )


def judge(labels: list[Label], *things: Thing) -> Quality:
    judging = Judge(["cat", "cup"], ["tabby", "tench"])
    judging.add_boxed(labels, BoxedPicture(PATH, things))
    return judging.finish()


CAT = Thing("cat", (0.2, 0, 0.3, 1))


def test_a_label_of_a_thing_that_is_there_is_right() -> None:
    found = judge([build_label("cat", 80), build_label("cup", 60)], CAT)

    assert (found.labels.stated, found.labels.right) == ([0.8, 0.6], [True, False])
    assert found.label_tally.recall == 1
    assert found.label_tally.precision == 0.5
    assert found.classes["cup"].wrong == 1


def test_a_label_below_the_threshold_finds_nothing() -> None:
    found = judge([build_label("cat", 49)], CAT)

    assert found.label_tally.recall == 0
    assert found.labels.right == [True]


def test_words_that_the_picture_cannot_deny_are_not_judged() -> None:
    assert judge([build_label("sky", 99)], CAT).labels.stated == []


def test_a_thing_can_be_found_only_once() -> None:
    found = judge([build_label("cat", 90, (0.2, 90), (0.21, 70), (0.7, 60))], CAT)

    assert found.boxes.right == [True, False, False]
    assert found.average_precision == {"cat": 1}
    assert (found.sizes["large"].found, found.sizes["large"].wrong) == (1, 2)


def test_a_thing_without_any_answer_lowers_the_mean_average_precision() -> None:
    found = judge([build_label("cat", 90, (0.2, 90))], CAT, Thing("cup", (0, 0, 1, 1)))

    assert found.mean_average_precision == 0.5
    assert found.sizes["large"].recall == 0.5


def test_the_first_guess_is_sought_among_the_classes() -> None:
    judging = Judge(["cat"], ["tabby", "tench"])
    labels = [build_label("animal", 99), build_label("tabby", 70), build_label("tench", 20)]

    judging.add_named(labels, NamedPicture(PATH, "tabby"))
    judging.add_named(labels, NamedPicture(PATH, "tench"))

    found = judging.finish()
    assert (found.named, found.top1, found.top5) == (2, 1, 2)
    assert found.guesses.right == [True, False]


def test_what_is_said_too_surely_is_an_error() -> None:
    answers = Answers()
    for right in (True, False, False, False):
        answers.add(0.95, right)

    assert answers.compute_error() == pytest.approx(0.7)
    [(stated, right_share, count)] = answers.list_bins()
    assert stated == pytest.approx(0.95)
    assert (right_share, count) == (0.25, 4)


def test_what_is_hardly_stated_does_not_hide_the_rest() -> None:
    answers = Answers()
    answers.add(0.05, False)

    assert answers.stated == []


@pytest.mark.parametrize(
    ("answers", "present", "area"),
    [
        ([(0.9, True), (0.8, False), (0.7, True)], 2, 0.5 + 0.5 * 2 / 3),
        ([(0.2, True), (0.9, False)], 1, 0.5),
        ([(0.9, True)], 4, 0.25),
        ([(0.9, False)], 1, 0),
        ([], 1, 0),
    ],
)
def test_the_average_precision_is_the_area_under_the_curve(
    answers: list[tuple[float, bool]], present: int, area: float
) -> None:
    assert compute_average_precision(answers, present) == pytest.approx(area)


@pytest.mark.parametrize(("side", "size"), [(0.05, "small"), (0.1, "medium"), (0.5, "large")])
def test_sizes_are_those_of_coco(side: float, size: str) -> None:
    assert find_size((0, 0, side, side)) == size


def test_everything_is_shown(tmp_path: Path) -> None:
    found = judge([build_label("cat", 80, (0.2, 80))] * 1, CAT)

    assert [table.title for table in build_tables(found)] == [
        "The whole recogniser",
        "Labels",
        "Boxes",
        "Boxes at 50 % by size of the thing",
        "Labels at 50 % by class",
    ]
    draw_reliability(found, tmp_path / "plot.png")
    assert (tmp_path / "plot.png").read_bytes().startswith(b"\x89PNG")
