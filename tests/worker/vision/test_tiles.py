"""What the detector finds in parts of the picture, merged with what it finds in the whole."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.worker.vision.detector import Candidates, Detection, Detector
from pipeline.worker.vision.engine import open_engine
from pipeline.worker.vision.image import Image, decode_image, resize
from pipeline.worker.vision.tiles import PASSES, TILED_SIDE_PX, detect_closely
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, choose_networks, find_weights
from tests.worker.vision.conftest import PHOTOS

CAT, DOG = 1, 2
SIDE = 700
PART = 400  # Of the side: 4/7
Row = tuple[tuple[float, float, float, float], float, int]

NOTHING: list[Row] = []


class ScriptedDetector(Detector):
    """Finds what it is told: first in the whole picture, then in the four parts."""

    def __init__(self, whole: list[Row], *parts: list[Row]) -> None:
        self._names = {CAT: "cat", DOG: "dog"}
        self._answers = iter([whole, *parts, *[NOTHING] * (PASSES - 1 - len(parts))])
        self.sizes: list[tuple[int, ...]] = []

    def find(self, image: Image) -> Candidates:
        self.sizes.append(image.shape[:2])
        rows = next(self._answers)
        return Candidates(
            np.array([box for box, _, _ in rows], np.float32).reshape(-1, 4),
            np.array([score for _, score, _ in rows], np.float32),
            np.array([class_id for _, _, class_id in rows], np.intp),
        )


def look(whole: list[Row], *parts: list[Row]) -> list[Detection]:
    """The parts are upper left, lower left, upper right, lower right."""
    return detect_closely(ScriptedDetector(whole, *parts), np.zeros((SIDE, SIDE, 3), np.uint8))


def test_the_parts_overlap_and_cover_the_picture() -> None:
    detector = ScriptedDetector(NOTHING)

    assert detect_closely(detector, np.zeros((SIDE, 2 * SIDE, 3), np.uint8)) == []

    assert detector.sizes == [(SIDE, 2 * SIDE), *[(PART, 2 * PART)] * 4]


@pytest.mark.parametrize(
    ("place", "box"),
    [
        (0, (0.2, 0.2, 0.4, 0.4)),
        (1, (0.2, 0.2 + 3 / 4, 0.4, 0.4 + 3 / 4)),
        (2, (0.2 + 3 / 4, 0.2, 0.4 + 3 / 4, 0.4)),
        (3, (0.2 + 3 / 4, 0.2 + 3 / 4, 0.4 + 3 / 4, 0.4 + 3 / 4)),
    ],
)
def test_a_small_thing_in_a_part_is_found_at_its_place(
    place: int, box: tuple[float, float, float, float]
) -> None:
    parts = [NOTHING] * 4
    parts[place] = [((0.2, 0.2, 0.4, 0.4), 0.8, CAT)]

    [found] = look(NOTHING, *parts)

    assert found.name == "cat"
    assert found.box == pytest.approx([side * PART / SIDE for side in box], abs=1e-5)
    assert found.score == pytest.approx(0.7 * 4 / (0.7 * 4 + 1))  # Odds of 4, times 0.7


def test_a_thing_that_is_cut_off_is_dropped_except_at_the_edge_of_the_picture() -> None:
    cut_right, at_left = (0.7, 0.3, 1.0, 0.6), (0.0, 0.3, 0.3, 0.6)

    found = look(NOTHING, [(cut_right, 0.9, CAT), (at_left, 0.9, CAT)])

    assert [round(detection.box[0], 3) for detection in found] == [0]


def test_a_thing_that_covers_much_is_left_to_the_whole_picture() -> None:
    assert look(NOTHING, [((0.0, 0.0, 0.97, 0.97), 0.9, CAT)]) == []


@pytest.mark.parametrize(("kind", "names"), [(CAT, ["cat"]), (DOG, ["cat", "dog"])])
def test_a_piece_of_a_larger_thing_is_not_a_second_one(kind: int, names: list[str]) -> None:
    whole: list[Row] = [((0.05, 0.05, 0.55, 0.55), 0.9, CAT)]

    found = look(whole, [((0.3, 0.3, 0.5, 0.5), 0.8, kind)])

    assert [detection.name for detection in found] == names


def test_two_views_that_agree_raise_each_other() -> None:
    in_whole = (0.1, 0.1, 0.3, 0.3)
    in_part = tuple(side * SIDE / PART for side in in_whole)

    [found] = look([(in_whole, 0.5, CAT)], [((*in_part,), 0.5, CAT)])  # type: ignore[list-item]

    part = 0.7 / 1.7
    assert found.score == pytest.approx(1 - 0.5 * (1 - 0.5 * part))


def test_small_copies_of_a_photo_are_found_in_the_parts(weights: Path) -> None:
    names = choose_networks(DEFAULT_ENGINE)
    detector = Detector(
        open_engine(DEFAULT_ENGINE, find_weights(weights, names.detector).path, threads=1),
        load_vocabulary().categories,
    )
    photo, _ = decode_image((PHOTOS / "dog.jpg").read_bytes())
    small = resize(photo, 213, 160)
    picture = np.full((2 * TILED_SIDE_PX, 2 * TILED_SIDE_PX, 3), 128, np.uint8)
    for top in (100, 700):
        for left in (100, 700):
            picture[top : top + len(small), left : left + small.shape[1]] = small

    def count(found: list[Detection]) -> int:
        return sum(detection.name == "dog" and detection.score > 0.3 for detection in found)

    assert (count(detector.detect(picture)), count(detect_closely(detector, picture))) == (0, 4)
