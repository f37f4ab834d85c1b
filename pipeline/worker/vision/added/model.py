"""Checks one added model and says what it finds in a picture."""

from __future__ import annotations

import difflib
import platform
from collections import defaultdict
from pathlib import Path

import numpy as np

from pipeline.core.errors import PermanentError
from pipeline.core.vocabulary import WordFinder
from pipeline.worker.vision.added.families import Boxes
from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.manifest import Softmax, read_manifest
from pipeline.worker.vision.added.network import Network, read_file
from pipeline.worker.vision.added.picture import Placement
from pipeline.worker.vision.added.words import build_words, find_word
from pipeline.worker.vision.confidence import Sighting
from pipeline.worker.vision.detector import MAX_DETECTIONS, suppress_overlaps
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.image import Image, decode_image
from pipeline.worker.vision.merge import Findings
from pipeline.worker.vision.preview import halve
from pipeline.worker.vision.weights import CPU_INFO, has_exact_int8

_IGNORED_BELOW = 0.01  # A label needs at least 1 %.


class AddedModel:
    """One model of operators, checked and loaded. Any number of threads may use it."""

    def __init__(self, folder: Path, finder: WordFinder, *, prefers_int8: bool | None = None):
        """Read the manifest, check the file, run it once and recognise the sample.

        Args:
            folder: Holds `model.toml`, the ONNX file and the sample picture.
            finder: Finds our words for the model's classes.
            prefers_int8: Whether the int8 file is used if there is one; None asks the processor.

        Raises:
            AddedModelError: Something is wrong. The text says what to do.
        """
        self.manifest = manifest = read_manifest(folder)
        if prefers_int8 is None:
            prefers_int8 = has_exact_int8(platform.machine(), CPU_INFO)
        chosen = manifest.int8 if manifest.int8 and prefers_int8 else manifest
        content = read_file(folder / chosen.file, chosen.sha256)
        self.name = manifest.name
        self.version = f"{manifest.name} {chosen.sha256[:12]}"
        self.side_px = manifest.input.side_px
        self.words = build_words(manifest, finder)
        self._places = [
            None if name in manifest.left_out else find_word(name, finder)
            for name in manifest.classes
        ]
        self.network = Network(content, manifest)
        self._recognise_sample(folder)

    def look(self, image: Image) -> Findings:
        """Return what the model says about a picture.

        Args:
            image: Its shorter side has at least `side_px`, or it is the whole picture.
        """
        found, placement = self.network.compute(image)
        if isinstance(found, Boxes):
            return Findings({}, self._find_sightings(found, placement))
        return Findings(self._add_up(found), ())

    def _add_up(self, probabilities: Array) -> dict[str, float]:
        """Return the probability of each word and of its wider words.

        Classes that exclude each other add up to their wider word.
        """
        excludes = isinstance(self.manifest.output, Softmax)
        words: defaultdict[str, float] = defaultdict(float)
        for place, probability in enumerate(probabilities.tolist()):
            name = self._places[place]
            if name is None or probability < _IGNORED_BELOW:
                continue
            for word in (name, *self.words[name].parents):
                both = words[word] + probability
                words[word] = both if excludes else max(words[word], probability)
        least = max(self.manifest.threshold, _IGNORED_BELOW)
        return {word: min(1.0, sum_) for word, sum_ in words.items() if sum_ >= least}

    def _find_sightings(self, found: Boxes, placement: Placement) -> list[Sighting]:
        scores = found.scores.clip(0, 1)
        rows, class_ids = np.nonzero(scores >= max(self.manifest.threshold, _IGNORED_BELOW))
        boxes, best = placement.locate(found.boxes[rows]), scores[rows, class_ids]
        # A box may lie beside the picture, or have its corners the wrong way round.
        is_box = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
        boxes, best, class_ids = boxes[is_box], best[is_box], class_ids[is_box]
        if found.most_overlap is None:
            kept = np.argsort(-best, kind="stable")[:MAX_DETECTIONS].tolist()
        else:
            kept = suppress_overlaps(boxes, best, class_ids, found.most_overlap)
        named = [
            (name, boxes[place], float(best[place]))
            for place in kept
            if (name := self._places[int(class_ids[place])]) is not None
        ]
        presences: dict[str, float] = {}
        for name, _, score in named:
            presences[name] = max(score, presences.get(name, 0.0))
        return [
            Sighting(name, _to_box(box), presences[name], box_fit=score)
            for name, box, score in named
        ]

    def _recognise_sample(self, folder: Path) -> None:
        sample = self.manifest.sample
        path = folder / sample.picture
        if sample.label not in self.manifest.classes:
            near = difflib.get_close_matches(sample.label, self.manifest.classes)
            raise AddedModelError(
                Fault.MANIFEST_INVALID,
                f"sample.label of {self.name} is {sample.label!r}, which is no class of the model. "
                f"Name one of its classes, such as {', '.join(near or self.manifest.classes[:3])}.",
            )
        try:
            image, _ = decode_image(path.read_bytes(), shortest_side_px=self.side_px)
        except FileNotFoundError as error:
            raise AddedModelError(
                Fault.FILE_MISSING, f"{path} is missing. Put the sample picture there."
            ) from error
        except PermanentError as error:
            raise AddedModelError(
                Fault.SAMPLE_UNREADABLE, f"{path} cannot be opened: {error} Use another picture."
            ) from error
        expected = self._places[self.manifest.classes.index(sample.label)]
        confidences = list_confidences(self.look(halve(image, shortest_side_px=self.side_px)))
        found = 100 * confidences.get(expected or "", 0.0)
        if found < sample.min_confidence:
            best = sorted(confidences.items(), key=lambda row: -row[1])[:3]
            others = ", ".join(f"{name} {100 * score:.0f} %" for name, score in best) or "nothing"
            raise AddedModelError(
                Fault.SAMPLE_NOT_RECOGNISED,
                f"{self.name} finds {sample.label!r} in {sample.picture} with {found:.0f} %, not "
                f"{sample.min_confidence:.0f} %. It finds: {others}. Check size, image_mean, "
                "image_std, do_flip_channel_order and the order of classes.",
            )


def list_confidences(found: Findings) -> dict[str, float]:
    """Return the best probability of each word."""
    best = dict(found.probabilities)
    for sighting in found.sightings:
        best[sighting.name] = max(sighting.presence, best.get(sighting.name, 0.0))
    return best


def _to_box(box: Array) -> tuple[float, float, float, float]:
    left, top, right, bottom = box.tolist()
    return left, top, right, bottom
