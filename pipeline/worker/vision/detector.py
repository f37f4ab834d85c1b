"""Detects things and their bounding boxes with SSD MobileNet v2.

Weights: ssd_mobilenet_v2.onnx, made by `pipeline.weights` from the TensorFlow detection model
zoo's ssd_mobilenet_v2_coco_2018_03_29 (Apache-2.0); docs/models.md is its model card.
Papers: Liu et al., "SSD: Single Shot MultiBox Detector", 2016,
https://doi.org/10.1007/978-3-319-46448-0_2; Sandler et al., "MobileNetV2: Inverted Residuals and
Linear Bottlenecks", 2018, https://doi.org/10.1109/CVPR.2018.00474
The constants of priors, box coding and suppression come from the network's pipeline.config.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.worker.vision.engine import Array, Blob, Engine, build_blob
from pipeline.worker.vision.image import Image, resize

INPUT_SIDE_PX = 300
SCORE_THRESHOLD = 0.1
NMS_THRESHOLD = 0.6
MAX_DETECTIONS = 100
MAX_CANDIDATES = 3_000
"""Only the best boxes are compared with each other: the time grows with the square of the number.
Our own network finds some tens."""

_GRID_SIDES = (19, 10, 5, 3, 2, 1)
_MIN_SCALE, _MAX_SCALE = 0.2, 0.95
_CENTRE_VARIANCE, _SIZE_VARIANCE = 10, 5

Box: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom, as ratios of the picture's width and height."""


@dataclass(frozen=True)
class Detection:
    """One detected thing."""

    name: str
    score: float
    """The network's, in [0, 1]. `confidence` turns it into probabilities."""
    box: Box


class Candidates(NamedTuple):
    """Boxes with scores, before they have names."""

    boxes: Array  # Left, top, right, bottom as ratios, shape (n, 4)
    scores: Array  # In [0, 1], shape (n,)
    class_ids: npt.NDArray[np.intp]  # Shape (n,)

    def pick(self, chosen: npt.NDArray[np.bool_] | list[int]) -> Candidates:
        """Return some of the candidates, by a mask or by their places."""
        return Candidates(self.boxes[chosen], self.scores[chosen], self.class_ids[chosen])

    def suppress(self) -> Candidates:
        """Return up to `MAX_DETECTIONS` without boxes that overlap a better one, best first."""
        return self.pick(suppress_overlaps(self.boxes, self.scores, self.class_ids))


class Detector:
    """Detects things of COCO's categories."""

    def __init__(self, engine: Engine, names: Mapping[int, str]) -> None:
        """Wrap a loaded network.

        Args:
            engine: Input (1, 3, 300, 300), outputs `boxes` (1, 1917, 4) and `scores`
                (1, 1917, 91).
            names: Name by class id. Detections of other classes are dropped.
        """
        self._engine = engine
        self._names = names
        self._class_ids = np.array(sorted(names))

    def detect(self, image: Image) -> list[Detection]:
        """Detect up to `MAX_DETECTIONS` things, best score first."""
        return self.name(self.find(image))

    def find(self, image: Image) -> Candidates:
        """Return what the network finds, without boxes that overlap a better one."""
        outputs = self._engine.forward(preprocess(image))
        boxes, scores = decode_boxes(outputs["boxes"][0]), outputs["scores"][0]
        rows, columns = np.nonzero(scores[:, self._class_ids] > SCORE_THRESHOLD)
        class_ids = self._class_ids[columns]
        return Candidates(boxes[rows], scores[rows, class_ids], class_ids).suppress()

    def name(self, candidates: Candidates) -> list[Detection]:
        """Return the candidates with the names of their classes."""
        return [
            Detection(self._names[class_id], score, (left, top, right, bottom))
            for (left, top, right, bottom), score, class_id in zip(
                candidates.boxes.tolist(),
                candidates.scores.tolist(),
                candidates.class_ids.tolist(),
                strict=True,
            )
        ]


def preprocess(image: Image) -> Blob:
    """Scale the whole picture to 300 x 300 px without keeping its aspect ratio.

    Returns:
        Shape (1, 3, 300, 300), RGB, x / 127.5 - 1.
    """
    square = resize(image, INPUT_SIDE_PX, INPUT_SIDE_PX)
    return build_blob(square, scale=1 / 127.5, mean=127.5)


def build_priors() -> Array:
    """Build the prior boxes, which the network's outputs correct.

    The finest grid has three priors for each cell, the other five grids have six.

    Returns:
        Centre y, centre x, height, width as ratios of the picture, shape (1917, 4), float32.
    """
    steps = len(_GRID_SIDES) - 1
    scales = [_MIN_SCALE + (_MAX_SCALE - _MIN_SCALE) * step / steps for step in range(steps + 1)]
    priors = []
    for level, side in enumerate(_GRID_SIDES):
        scale, next_scale = scales[level], [*scales, 1.0][level + 1]
        if level == 0:
            shapes = [(0.1, 1.0), (scale, 2.0), (scale, 1 / 2)]
        else:
            shapes = [(scale, ratio) for ratio in (1.0, 2.0, 1 / 2, 3.0, 1 / 3)]
            shapes.append((float(np.sqrt(scale * next_scale)), 1.0))
        sizes = [(size / np.sqrt(ratio), size * np.sqrt(ratio)) for size, ratio in shapes]
        centres = (np.arange(side) + 0.5) / side
        priors += [
            (y, x, height, width) for y in centres for x in centres for height, width in sizes
        ]
    return np.array(priors, np.float32)


PRIORS = build_priors()


def decode_boxes(encodings: Array) -> Array:
    """Apply the network's corrections to the prior boxes.

    Args:
        encodings: Shape (1917, 4): shift y, shift x, stretch height, stretch width.

    Returns:
        Left, top, right, bottom as ratios of the picture, shape (1917, 4).
    """
    centres = encodings[:, :2] / _CENTRE_VARIANCE * PRIORS[:, 2:] + PRIORS[:, :2]
    sizes = np.exp(encodings[:, 2:] / _SIZE_VARIANCE) * PRIORS[:, 2:]
    top_left, bottom_right = centres - sizes / 2, centres + sizes / 2
    return np.hstack([top_left[:, ::-1], bottom_right[:, ::-1]]).clip(0, 1)


def suppress_overlaps(
    boxes: Array,
    scores: Array,
    class_ids: npt.NDArray[np.intp],
    most_overlap: float = NMS_THRESHOLD,
) -> list[int]:
    """Keep the best box of every overlapping group: non-maximum suppression, class by class.

    Args:
        boxes: Left, top, right, bottom as ratios, shape (n, 4).
        scores: In [0, 1], shape (n,).
        class_ids: Shape (n,). Boxes of different classes do not suppress each other.
        most_overlap: Overlap above which the worse of two boxes is dropped.

    Returns:
        Indices into `boxes`, best first, at most `MAX_DETECTIONS`.
    """
    best = np.argsort(-scores, kind="stable")[:MAX_CANDIDATES]
    left_top, sizes = boxes[best, :2], boxes[best, 2:] - boxes[best, :2]
    kept = cv2.dnn.NMSBoxesBatched(
        np.hstack([left_top, sizes]).tolist(),
        scores[best].tolist(),
        class_ids[best].tolist(),
        0.0,  # The caller has dropped what is too improbable
        most_overlap,
    )
    return [int(best[place]) for place in sorted(kept)][:MAX_DETECTIONS]
