"""Our own classifier and detector: what they say about one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.core.fingerprint import Fingerprint
from pipeline.core.options import Options
from pipeline.worker.vision.classifier import Classifier
from pipeline.worker.vision.confidence import Rater, find_guess, load_calibration
from pipeline.worker.vision.detector import Detector
from pipeline.worker.vision.doubt import Doubter
from pipeline.worker.vision.engine import Array, open_engine
from pipeline.worker.vision.fingerprint import compute_fingerprint, compute_hashes
from pipeline.worker.vision.image import Image
from pipeline.worker.vision.merge import Findings
from pipeline.worker.vision.sums import Adder
from pipeline.worker.vision.tiles import detect_closely
from pipeline.worker.vision.vocabulary import Vocabulary
from pipeline.worker.vision.weights import EngineName, choose_networks, find_weights


@dataclass(frozen=True)
class OwnView:
    """What our networks say, and what finds similar pictures."""

    findings: Findings
    fingerprint: Fingerprint


class OwnNetworks:
    """Both networks. As many threads may use them at once as they were loaded for."""

    def __init__(
        self, folder: Path, engine: EngineName, threads: int, vocabulary: Vocabulary
    ) -> None:
        """Load the networks that fit the engine.

        Raises:
            FileNotFoundError: A file is missing.
            WrongWeightsError: A file has another sha256 than the measured one.
        """
        names = choose_networks(engine)
        classifier = find_weights(folder, names.classifier)
        detector = find_weights(folder, names.detector)
        self.models: Mapping[str, str] = {
            "classifier": classifier.version,
            "detector": detector.version,
        }
        self._calibration = calibration = load_calibration()
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

    def look(self, image: Image, options: Options) -> OwnView:
        """Run both networks."""
        hashes = compute_hashes(image)
        logits = self._classifier.compute_logits(image)
        return OwnView(
            self._find(image, logits, options), fingerprint=compute_fingerprint(hashes, logits)
        )

    def _find(self, image: Image, logits: Array, options: Options) -> Findings:
        probabilities = self._classifier.calibrate(logits)
        sums = self._adder.add_up(probabilities)
        guess = find_guess(sums, self._classes, int(probabilities.argmax()))
        if options.looks_closer:
            detections, maps = detect_closely(self._detector, image), self._calibration.fine
        else:
            detections, maps = self._detector.detect(image), self._calibration.fast
        sightings = self._rater.rate(detections, guess, maps)
        return Findings(
            self._adder.add_up(self._doubter.doubt(probabilities, sightings)), sightings
        )
