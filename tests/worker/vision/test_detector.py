from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from pipeline.worker.vision.detector import (
    MAX_DETECTIONS,
    PRIORS,
    Detector,
    decode_boxes,
    preprocess,
)
from pipeline.worker.vision.engine import Array, Blob

NAMES = {1: "person", 17: "cat", 90: "toothbrush"}
IMAGE = np.zeros((100, 200, 3), np.uint8)
COARSEST = 1911  # First prior of the last grid, one cell: the whole picture


class FixedEngine:
    """Returns the same encodings and scores for every picture."""

    def __init__(self, encodings: Array, scores: Array) -> None:
        self._outputs = {"boxes": encodings[np.newaxis], "scores": scores[np.newaxis]}

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        return self._outputs


def build_outputs() -> tuple[Array, Array]:
    return np.zeros((1917, 4), np.float32), np.zeros((1917, 91), np.float32)


def test_the_whole_picture_enters_the_network_as_rgb() -> None:
    image = np.full((40, 90, 3), (255, 0, 127.5), np.uint8)

    blob = preprocess(image)

    assert blob.shape == (1, 3, 300, 300)
    np.testing.assert_allclose(blob[0, :, 150, 150], [-0.5 / 127.5, -1, 1], atol=1e-6)


def test_the_priors_cover_the_picture_on_six_grids() -> None:
    assert PRIORS.shape == (1917, 4)
    np.testing.assert_allclose(PRIORS[0], [0.5 / 19, 0.5 / 19, 0.1, 0.1], rtol=1e-6)
    np.testing.assert_allclose(PRIORS[COARSEST], [0.5, 0.5, 0.95, 0.95], rtol=1e-6)
    np.testing.assert_allclose(PRIORS[COARSEST + 1, 2:], [0.6717514, 1.3435029], rtol=1e-6)
    np.testing.assert_allclose(PRIORS[-1, 2:], np.sqrt(0.95), rtol=1e-6)


def test_the_outputs_of_the_network_shift_and_scale_a_prior() -> None:
    encodings, _ = build_outputs()
    encodings[COARSEST] = [1, -1, 5 * np.log(0.5), 5 * np.log(0.25)]

    left, top, right, bottom = decode_boxes(encodings)[COARSEST]

    assert (left + right) / 2 == pytest.approx(0.5 - 0.095)
    assert (top + bottom) / 2 == pytest.approx(0.5 + 0.095)
    assert right - left == pytest.approx(0.95 / 4)
    assert bottom - top == pytest.approx(0.95 / 2)


def test_detections_come_best_first_with_name_and_box() -> None:
    encodings, scores = build_outputs()
    scores[0, 1], scores[COARSEST, 17] = 0.4, 0.9

    cat, person = Detector(FixedEngine(encodings, scores), NAMES).detect(IMAGE)

    assert (cat.name, person.name) == ("cat", "person")
    assert cat.box == pytest.approx((0.025, 0.025, 0.975, 0.975))
    assert cat.score > person.score


def test_classes_without_a_name_are_never_found() -> None:
    encodings, scores = build_outputs()
    scores[:, 0] = scores[:, 12] = 1

    assert Detector(FixedEngine(encodings, scores), NAMES).detect(IMAGE) == []


def test_the_best_of_overlapping_boxes_of_a_class_is_kept() -> None:
    encodings, scores = build_outputs()
    encodings[COARSEST + 5] = encodings[COARSEST]
    scores[COARSEST, 17], scores[COARSEST + 5, 17], scores[COARSEST + 5, 1] = 0.8, 0.9, 0.7

    found = Detector(FixedEngine(encodings, scores), NAMES).detect(IMAGE)

    assert [detection.name for detection in found] == ["cat", "person"]
    assert found[0].score == pytest.approx(0.9, rel=1e-5)


def test_only_the_best_boxes_of_a_crowd_are_kept() -> None:
    encodings, scores = build_outputs()
    scores[: 19 * 19 * 3, 1] = np.linspace(0.2, 0.9, 19 * 19 * 3)

    found = Detector(FixedEngine(encodings, scores), NAMES).detect(IMAGE)

    assert len(found) == MAX_DETECTIONS
    assert found[0].score == pytest.approx(0.9, rel=1e-5)


@given(hnp.arrays(np.float32, (60, 4), elements=st.floats(-60, 60, width=32)))
def test_boxes_stay_inside_the_picture(corrections: Array) -> None:
    encodings, _ = build_outputs()
    encodings[-60:] = corrections

    boxes = decode_boxes(encodings)

    assert boxes.min() >= 0
    assert boxes.max() <= 1
    assert (boxes[:, 2:] >= boxes[:, :2]).all()
