"""The whole of vision: one picture in, its labels out."""

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.labels import Label
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.engine import OpenCvEngine
from pipeline.worker.vision.image import decode_image
from pipeline.worker.vision.merge import merge_labels
from pipeline.worker.vision.vocabulary import load_vocabulary

CLASSIFIER = "efficientnet_lite3"
DETECTOR = "ssd_mobilenet_v2"

_PINNED = Path(__file__).parent / "data" / "models.json"


class WrongWeightsError(Exception):
    """The weights are others than those whose results are known."""


@dataclass(frozen=True)
class Recognition:
    """What was found in one picture, and how long it took."""

    labels: list[Label]
    width: int  # Pixels of the upright picture, before any reduction
    height: int
    models: Mapping[str, str]  # Role to name and version, the start of the weights' sha256
    decode_ms: float
    inference_ms: float


class Recognizer:
    """One set of networks.

    Not to be used by two threads at once: every core has its own. A set takes about 210 MB.
    """

    def __init__(self, weights: Path) -> None:
        """Load both networks.

        Args:
            weights: The folder of the ONNX files.

        Raises:
            FileNotFoundError: A file is missing.
            WrongWeightsError: A file is not the one that was measured.
        """
        classifier, detector = weights / f"{CLASSIFIER}.onnx", weights / f"{DETECTOR}.onnx"
        self._models = {
            "classifier": _describe_weights(classifier),
            "detector": _describe_weights(detector),
        }
        vocabulary = load_vocabulary()
        self._words = vocabulary.words
        self._classifier = Classifier(OpenCvEngine(classifier), vocabulary.classes)
        self._detector = Detector(OpenCvEngine(detector), vocabulary.categories)

    def recognize(self, data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
        """Say what is in a picture.

        Args:
            data: The file as it was uploaded.
            min_confidence: In [0, 100]. What is less sure is left out.
            max_labels: The most confident are kept.

        Raises:
            PermanentError: The picture is not one that we accept, or damaged.
        """
        started = time.perf_counter()
        image, header = decode_image(data)
        decoded = time.perf_counter()
        probabilities = self._classifier.classify(image)
        detections = self._detector.detect(image)
        labels = merge_labels(
            probabilities,
            detections,
            self._words,
            min_confidence=min_confidence,
            max_labels=max_labels,
        )
        finished = time.perf_counter()
        return Recognition(
            labels=labels,
            width=header.width,
            height=header.height,
            models=self._models,
            decode_ms=(decoded - started) * 1000,
            inference_ms=(finished - decoded) * 1000,
        )


def _describe_weights(weights: Path) -> str:
    if not weights.is_file():
        raise FileNotFoundError(f"The weights {weights} are missing. Run `make setup`.")
    pinned = {row["file"]: row["sha256"] for row in json.loads(_PINNED.read_text("utf-8"))}
    with weights.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    if sha256 != pinned[weights.name]:
        raise WrongWeightsError(
            f"{weights} has the sha256 {sha256[:12]}, not {pinned[weights.name][:12]}. "
            "Delete it and run `make setup`."
        )
    return f"{weights.stem} {sha256[:12]}"
