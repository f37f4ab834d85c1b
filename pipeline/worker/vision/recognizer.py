"""Recognises one picture: decoding, the networks, labels, text and properties."""

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.core.engines import OWN_ANSWER, Answer
from pipeline.core.fingerprint import Fingerprint
from pipeline.core.images import ImageHeader, check_accepted, read_header
from pipeline.core.labels import Label
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import Feature, Options
from pipeline.core.properties import ImageProperties
from pipeline.core.text import FoundText
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.confidence import Rater, find_guess, load_calibration
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.doubt import Doubter
from pipeline.worker.vision.engine import Array, open_engine
from pipeline.worker.vision.fingerprint import compute_fingerprint
from pipeline.worker.vision.image import WORKING_SIDE_PX, Image, decode_upright
from pipeline.worker.vision.merge import merge_labels
from pipeline.worker.vision.preview import (
    PREVIEW_SIDE_PX,
    SmallCopies,
    halve,
    make_copies,
    needs_preview,
)
from pipeline.worker.vision.properties import measure_properties
from pipeline.worker.vision.sums import Adder
from pipeline.worker.vision.text import TEXT_SIDE_PX
from pipeline.worker.vision.text_networks import TextNetworks
from pipeline.worker.vision.tiles import TILED_SIDE_PX, detect_closely
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, EngineName, choose_networks, find_weights


@dataclass(frozen=True)
class Recognition:
    """The result for one picture, and the time it took."""

    labels: list[Label]  # Empty if they were not asked for
    properties: ImageProperties | None  # None if they were not asked for
    text: FoundText | None  # None if it was not asked for
    fingerprint: Fingerprint | None  # None without labels
    content_type: str  # From the bytes
    width: int  # Pixels of the upright picture, before any reduction
    height: int
    models: Mapping[str, str]  # Role to name and version: the first 12 digits of the sha256
    copies: SmallCopies
    decode_ms: float
    inference_ms: float
    moderation: list[ModerationLabel] | None = None  # Only another engine can tell
    answer: Answer = OWN_ANSWER


Recognize: TypeAlias = Callable[[bytes, ImageHeader, Options], Recognition]
"""The signature of `Recognizer.recognize`. Several threads may call it at the same time."""


class Recognizer:
    """All networks. As many threads may use them at once as they were loaded for."""

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
        self._calibration = calibration = load_calibration()
        self._words = vocabulary.words
        self._classes = vocabulary.classes
        self._rater = Rater(vocabulary)
        self._adder = Adder(vocabulary)
        self._doubter = Doubter(vocabulary)
        self._classifier = Classifier(
            open_engine(engine, classifier.path, threads=threads),
            temperature=calibration.temperature,
        )
        self._detector = Detector(
            open_engine(engine, detector.path, threads=threads), vocabulary.categories
        )
        self._text_networks = TextNetworks(folder)

    @property
    def models(self) -> Mapping[str, str]:
        """Role of each network to its name and version."""
        return self._models

    def recognize_file(self, data: bytes, options: Options) -> Recognition:
        """Read the header of a file and recognise what is in its picture.

        Raises:
            PermanentError: The picture is not accepted or is damaged. Its `code` says why.
            MemoryError: There is too little memory for the picture now.
        """
        return self.recognize(data, read_header(data), options)

    def recognize(self, data: bytes, header: ImageHeader, options: Options) -> Recognition:
        """Recognise what is in a picture, and make its small copies.

        Args:
            data: The file as it was uploaded.
            header: What `read_header` says about it.
            options: What to look for.

        Raises:
            PermanentError: The picture is not accepted or is damaged. Its `code` says why.
            MemoryError: There is too little memory for the picture now.
        """
        started = time.perf_counter()
        check_accepted(header.content_type, accept_heic=self._accept_heic)
        shown, copies = decode_with_copies(data, header, options)
        image = halve(shown, shortest_side_px=_choose_side(options))
        decoded = time.perf_counter()
        features = options.features
        labels: list[Label] = []
        fingerprint = None
        if Feature.LABELS in features:
            logits = self._classifier.compute_logits(image)
            labels = self._find_labels(image, logits, options)
            fingerprint = compute_fingerprint(image, logits)
        properties = measure_properties(image) if Feature.PROPERTIES in features else None
        text = self._text_networks.read(shown) if Feature.TEXT in features else None
        finished = time.perf_counter()
        return Recognition(
            labels=labels,
            properties=properties,
            text=text,
            fingerprint=fingerprint,
            content_type=header.content_type,
            width=header.width,
            height=header.height,
            models=self._list_models(features),
            copies=copies,
            decode_ms=(decoded - started) * 1000,
            inference_ms=(finished - decoded) * 1000,
        )

    def _list_models(self, features: Collection[Feature]) -> Mapping[str, str]:
        labels = self._models if Feature.LABELS in features else {}
        text = self._text_networks.models if Feature.TEXT in features else {}
        return {**labels, **text}

    def _find_labels(self, image: Image, logits: Array, options: Options) -> list[Label]:
        probabilities = self._classifier.calibrate(logits)
        sums = self._adder.add_up(probabilities)
        guess = find_guess(sums, self._classes, int(probabilities.argmax()))
        if options.looks_closer:
            detections, maps = detect_closely(self._detector, image), self._calibration.fine
        else:
            detections, maps = self._detector.detect(image), self._calibration.fast
        sightings = self._rater.rate(detections, guess, maps)
        return merge_labels(
            self._adder.add_up(self._doubter.doubt(probabilities, sightings)),
            sightings,
            self._words,
            min_confidence=options.min_confidence,
            max_labels=options.max_labels,
        )


def decode_with_copies(
    data: bytes, header: ImageHeader, options: Options
) -> tuple[Image, SmallCopies]:
    """Return the picture as large as text needs it, and the copies that people are shown."""
    shortest_side_px = TEXT_SIDE_PX if Feature.TEXT in options.features else _choose_side(options)
    longest_side_px = PREVIEW_SIDE_PX if needs_preview(header) else 0
    shown = decode_upright(
        data, header, shortest_side_px=shortest_side_px, longest_side_px=longest_side_px
    )
    return shown, make_copies(shown, header)


def _choose_side(options: Options) -> int:
    """Return the shorter side that labels and properties need."""
    return TILED_SIDE_PX if options.looks_closer else WORKING_SIDE_PX
