"""Recognises one picture: decoding, both networks, labels."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.core.labels import Label
from pipeline.core.options import Feature, Options
from pipeline.core.properties import ImageProperties
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.confidence import Rater, find_guess, load_calibration
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.doubt import Doubter
from pipeline.worker.vision.engine import open_engine
from pipeline.worker.vision.image import Image, decode_image
from pipeline.worker.vision.merge import merge_labels
from pipeline.worker.vision.properties import measure_properties
from pipeline.worker.vision.sums import Adder
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, EngineName, choose_networks, find_weights


@dataclass(frozen=True)
class Recognition:
    """The result for one picture, and the time it took."""

    labels: list[Label]  # Empty if they were not asked for
    properties: ImageProperties | None  # None if they were not asked for
    content_type: str  # What the bytes are
    width: int  # Pixels of the upright picture, before any reduction
    height: int
    models: Mapping[str, str]  # Role to name and version: the first 12 digits of the sha256
    decode_ms: float
    inference_ms: float


Recognize: TypeAlias = Callable[[bytes, Options], Recognition]
"""What `Recognizer.recognize` does. Several threads may call it at the same time."""


class Recognizer:
    """Both networks. As many threads may use them at once as they were loaded for."""

    def __init__(
        self,
        folder: Path,
        *,
        engine: EngineName = DEFAULT_ENGINE,
        threads: int = 1,
        accept_heic: bool = True,
    ) -> None:
        """Load the networks that fit the engine.

        Args:
            folder: Folder of the ONNX files.
            engine: Library that runs the networks.
            threads: How many threads may call `recognize` at once.
            accept_heic: Whether to decode HEIC pictures; otherwise they are refused.

        Raises:
            FileNotFoundError: A file is missing.
            WrongWeightsError: A file has another sha256 than the measured one.
        """
        self._accept_heic = accept_heic
        names = choose_networks(engine)
        classifier = find_weights(folder, names.classifier)
        detector = find_weights(folder, names.detector)
        self._models = {"classifier": classifier.version, "detector": detector.version}
        vocabulary = load_vocabulary()
        calibration = load_calibration()
        self._words = vocabulary.words
        self._classes = vocabulary.classes
        self._rater = Rater(vocabulary, calibration)
        self._adder = Adder(vocabulary)
        self._doubter = Doubter(vocabulary)
        self._classifier = Classifier(
            open_engine(engine, classifier.path, threads=threads),
            temperature=calibration.temperature,
        )
        self._detector = Detector(
            open_engine(engine, detector.path, threads=threads), vocabulary.categories
        )

    def recognize(self, data: bytes, options: Options) -> Recognition:
        """Recognise what is in a picture.

        Args:
            data: The file as it was uploaded.

        Raises:
            PermanentError: The picture is not accepted or is damaged. Its `code` says why.
            MemoryError: There is too little memory for the picture now.
        """
        started = time.perf_counter()
        image, header = decode_image(data, accept_heic=self._accept_heic)
        decoded = time.perf_counter()
        wants_labels = Feature.LABELS in options.features
        labels = self._find_labels(image, options) if wants_labels else []
        wants_properties = Feature.PROPERTIES in options.features
        properties = measure_properties(image) if wants_properties else None
        finished = time.perf_counter()
        return Recognition(
            labels=labels,
            properties=properties,
            content_type=header.content_type,
            width=header.width,
            height=header.height,
            models=self._models if wants_labels else {},
            decode_ms=(decoded - started) * 1000,
            inference_ms=(finished - decoded) * 1000,
        )

    def _find_labels(self, image: Image, options: Options) -> list[Label]:
        probabilities = self._classifier.classify(image)
        sums = self._adder.add_up(probabilities)
        guess = find_guess(sums, self._classes, int(probabilities.argmax()))
        sightings = self._rater.rate(self._detector.detect(image), guess)
        return merge_labels(
            self._adder.add_up(self._doubter.doubt(probabilities, sightings)),
            sightings,
            self._words,
            min_confidence=options.min_confidence,
            max_labels=options.max_labels,
        )
