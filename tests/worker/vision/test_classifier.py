from collections.abc import Mapping

import numpy as np
import pytest

from pipeline.worker.vision.classifier import Classifier, postprocess, preprocess
from pipeline.worker.vision.engine import Array, Blob


class FixedEngine:
    """Returns the same logits for every picture."""

    def __init__(self, logits: list[float]) -> None:
        self._logits = np.array([logits], np.float32)

    def forward(self, blob: Blob) -> Mapping[str, Array]:
        return {"logits": self._logits}


def test_the_middle_square_enters_the_network_as_rgb() -> None:
    image = np.zeros((312, 900, 3), np.uint8)
    image[16:296, 310:590] = (255, 127, 0)  # Blue, green, red

    blob = preprocess(image)

    assert blob.shape == (1, 3, 280, 280)
    assert blob.dtype == np.float32
    np.testing.assert_allclose(blob[0, :, 0, 0], [-127 / 128, 0, 1])
    np.testing.assert_allclose(blob[0, :, -1, -1], [-127 / 128, 0, 1])


@pytest.mark.parametrize("shape", [(32, 5000), (5000, 32), (1000, 1001)])
def test_a_picture_of_any_shape_is_resized_to_the_input_of_the_network(
    shape: tuple[int, int],
) -> None:
    blob = preprocess(np.full((*shape, 3), 200, np.uint8))

    assert blob.shape == (1, 3, 280, 280)
    np.testing.assert_allclose(blob, 73 / 128)


def test_probabilities_keep_the_order_of_the_logits_and_sum_to_one() -> None:
    probabilities = postprocess(np.array([1000, 999, -1000], np.float32), temperature=0.8)

    assert probabilities.sum() == pytest.approx(1)
    assert probabilities.tolist() == sorted(probabilities, reverse=True)


def test_a_temperature_below_one_raises_the_highest_probability() -> None:
    logits = np.array([3, 1, 0], np.float32)
    own = np.exp(logits) / np.exp(logits).sum()

    np.testing.assert_allclose(postprocess(logits, temperature=1), own, rtol=1e-6)
    assert postprocess(logits, temperature=0.8).max() > own.max()


def test_every_class_gets_its_probability() -> None:
    classifier = Classifier(FixedEngine([0, 5, 0]), temperature=0.8)

    probabilities = classifier.calibrate(classifier.compute_logits(np.zeros((40, 40, 3), np.uint8)))

    assert probabilities.argmax() == 1
    assert probabilities.sum() == pytest.approx(1)
