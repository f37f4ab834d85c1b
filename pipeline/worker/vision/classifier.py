"""Classifies the whole picture with EfficientNet-Lite3.

Weights: efficientnet_lite3.onnx, made by `pipeline.weights` from TensorFlow's
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (Apache-2.0);
docs/models.md is its model card.
Paper: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
2019, https://doi.org/10.48550/arXiv.1905.11946
"""

import numpy as np

from pipeline.worker.vision.engine import Array, Blob, Engine, build_blob
from pipeline.worker.vision.image import WORKING_SIDE_PX, Image, resize

INPUT_SIDE_PX = 280


class Classifier:
    """Computes logits and the probability of each class."""

    def __init__(self, engine: Engine, *, temperature: float) -> None:
        """Wrap a loaded network.

        Args:
            engine: Input (1, 3, 280, 280), output `logits` (1, classes).
            temperature: Divisor of the logits. The network was trained with smoothed labels, so
                its own probabilities are too low; a temperature below 1 raises them.
        """
        self._engine = engine
        self._temperature = temperature

    def compute_logits(self, image: Image) -> Array:
        """Return the network's own numbers by class id, shape (classes,), float32."""
        logits: Array = self._engine.forward(preprocess(image))["logits"][0]
        return logits

    def calibrate(self, logits: Array) -> Array:
        """Return calibrated probabilities by class id, shape (classes,), float32, with sum 1."""
        return postprocess(logits, temperature=self._temperature)


def preprocess(image: Image) -> Blob:
    """Crop the middle square and scale it to 280 px, as in the published evaluation.

    Returns:
        Shape (1, 3, 280, 280), RGB, (x - 127) / 128.
    """
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * INPUT_SIDE_PX / WORKING_SIDE_PX))
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    square = resize(square, INPUT_SIDE_PX, INPUT_SIDE_PX)
    return build_blob(square, scale=1 / 128, mean=127)


def postprocess(logits: Array, *, temperature: float) -> Array:
    """Turn logits, shape (classes,), into calibrated probabilities of the same shape."""
    odds: Array = np.exp((logits - logits.max()) / temperature)
    probabilities: Array = odds / odds.sum()
    return probabilities
