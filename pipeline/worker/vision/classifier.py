"""What the whole picture shows, by EfficientNet-Lite3.

Weights: efficientnet_lite3.onnx, made by `pipeline.weights` from TensorFlow's
https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite (Apache-2.0);
docs/models.md is its model card.
Paper: Tan and Le, "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
2019, https://doi.org/10.48550/arXiv.1905.11946
Calibration: Guo et al., "On Calibration of Modern Neural Networks", 2017,
https://doi.org/10.48550/arXiv.1706.04599
"""

import numpy as np

from pipeline.worker.vision.engine import Array, Blob, Engine, build_blob
from pipeline.worker.vision.image import WORKING_SIDE_PX, Image, resize

INPUT_SIDE_PX = 280

# The network was trained with smoothed labels and is too modest. Fitted to 159 labelled pictures:
# 20 of ImageNet in PyPI's foolbox 3.3.4, 139 cut-out photos of Debian's tuxpaint-stamps-default on
# white. There 82 % of the first guesses are right and their mean probability is 81 % (72 % without
# this). A small set that is not ImageNet's: good for the direction and the size of the
# correction, not for its second digit.
TEMPERATURE = 0.85


class Classifier:
    """Tells the probability of each of the classifier's classes."""

    def __init__(self, engine: Engine) -> None:
        """Wrap a loaded network.

        Args:
            engine: Input (1, 3, 280, 280), output `logits` (1, classes).
        """
        self._engine = engine

    def classify(self, image: Image) -> Array:
        """The calibrated probabilities by class id, shape (classes,); together they are 1."""
        return postprocess(self._engine.forward(preprocess(image))["logits"][0])


def preprocess(image: Image) -> Blob:
    """Crop the middle square and scale it, as in the network's published evaluation."""
    height, width = image.shape[:2]
    side = max(1, round(min(height, width) * INPUT_SIDE_PX / WORKING_SIDE_PX))
    top, left = (height - side) // 2, (width - side) // 2
    square = image[top : top + side, left : left + side]
    square = resize(square, INPUT_SIDE_PX, INPUT_SIDE_PX)
    return build_blob(square, scale=1 / 128, mean=127)


def postprocess(logits: Array) -> Array:
    """Turn logits, shape (classes,), into calibrated probabilities."""
    odds: Array = np.exp((logits - logits.max()) / TEMPERATURE)
    probabilities: Array = odds / odds.sum()
    return probabilities
