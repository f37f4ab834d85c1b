"""Fits the calibration of confidences to labelled pictures.

`python -m pipeline.weights.calibrate_confidence FOLDER` runs both networks on the pictures, prints
the calibration error on held-out pictures and writes `confidence.json`. The file is committed.
`pictures` says what the folder holds; `pipeline.worker.vision.confidence` explains the numbers.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from pipeline.core.options import Detail
from pipeline.weights.errors import WeightsError
from pipeline.weights.logistic import fit, measure_calibration_error, predict_held_out
from pipeline.weights.pictures import (
    BoxedPicture,
    Thing,
    measure_overlap,
    read_boxed_pictures,
    read_named_pictures,
)
from pipeline.worker.vision.classifier import postprocess, preprocess
from pipeline.worker.vision.confidence import (
    ANIMAL,
    CONFIDENCE,
    PERSON,
    BoxTerms,
    LabelTerms,
    Rater,
    describe_box,
    find_guess,
)
from pipeline.worker.vision.detector import Detection, Detector
from pipeline.worker.vision.engine import Array, open_engine
from pipeline.worker.vision.image import decode_image
from pipeline.worker.vision.sums import Adder
from pipeline.worker.vision.tiles import TILED_SIDE_PX, detect_closely
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import DEFAULT_ENGINE, choose_networks, find_weights

WEIGHTS = Path(__file__).parents[2] / ".cache" / "weights"

LEAST_OVERLAP = 0.5
"""Intersection over union from which a box is right."""

_NAMED_IMPORTANCE = 0.25
"""How much a label of a named picture counts. A named picture says only what its largest thing is,
so it shows wrong labels better than right ones. At 1 the labels of boxed pictures become too
modest."""
_WRONG_IMPORTANCE = 1.2
"""How much a wrong label counts against a right one. At 1 the labels from 50 % have a precision of
0.86. Users mind a wrong label more than a missing one, so labels are a little too modest."""
_LARGE = 0.4
"""Part of a named picture from which a box must be the thing that the picture is named after."""

_SPLITS = 10
"""How often the pictures are split anew for the errors on held-out ones."""

_TEMPERATURES = np.arange(0.5, 1.51, 0.05)
_LEAST_PROBABILITY = 1e-9
_DIGITS = 3


@dataclass
class Examples:
    """The samples of one question: a row of terms for each answer."""

    values: list[tuple[float, ...]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    importance: list[float] = field(default_factory=list)
    pictures: list[int] = field(default_factory=list)

    def add(
        self, values: tuple[float, ...], right: bool, picture: int, importance: float = 1.0
    ) -> None:
        self.values.append(values)
        self.right.append(right)
        self.importance.append(importance)
        self.pictures.append(picture)


@dataclass(frozen=True)
class Seen:
    """The outputs of the networks for one picture."""

    logits: Array
    detections: Mapping[Detail, list[Detection]]


class Networks:
    """Both networks, without any calibration."""

    def __init__(self, folder: Path) -> None:
        names = choose_networks(DEFAULT_ENGINE)
        self.vocabulary = load_vocabulary()
        self._classifier = open_engine(
            DEFAULT_ENGINE, find_weights(folder, names.classifier).path, threads=1
        )
        self._detector = Detector(
            open_engine(DEFAULT_ENGINE, find_weights(folder, names.detector).path, threads=1),
            self.vocabulary.categories,
        )

    def look(self, path: Path) -> Seen:
        data = path.read_bytes()
        image, _ = decode_image(data)
        large, _ = decode_image(data, shortest_side_px=TILED_SIDE_PX)
        fast, fine = self._detector.detect(image), detect_closely(self._detector, large)
        logits = self._classifier.forward(preprocess(image))["logits"][0]
        return Seen(logits, {Detail.FAST: fast, Detail.FINE: fine})

    def get_words(self, name: str) -> set[str]:
        return {name, *self.vocabulary.words[name].parents}


def judge_boxes(detections: Sequence[Detection], things: Sequence[Thing]) -> list[bool]:
    """Say of each detection whether its box is right. A thing can be found only once."""
    left = list(things)
    verdicts = []
    for detection in detections:
        same = [thing for thing in left if thing.name == detection.name]
        best = max(same, key=lambda thing: measure_overlap(thing.box, detection.box), default=None)
        right = best is not None and measure_overlap(best.box, detection.box) >= LEAST_OVERLAP
        if right and best is not None:
            left.remove(best)
        verdicts.append(right)
    return verdicts


class Collector:
    """Turns what the networks say into examples for the fits."""

    def __init__(self, networks: Networks, temperature: float, detail: Detail) -> None:
        self._networks = networks
        self._temperature = temperature
        self._detail = detail
        self._rater = Rater(networks.vocabulary)
        self._adder = Adder(networks.vocabulary)
        self.labels = Examples()
        self.boxes = Examples()
        self._count = 0

    def add_boxed(self, seen: Seen, picture: BoxedPicture) -> None:
        self._count += 1
        names = {thing.name for thing in picture.things}
        for name, terms, _ in self._describe(seen):
            self.labels.add(terms, name in names, self._count)
        detections = seen.detections[self._detail]
        verdicts = judge_boxes(detections, picture.things)
        for detection, right in zip(detections, verdicts, strict=True):
            self.boxes.add(describe_box(detection), right, self._count)

    def add_named(self, seen: Seen, name: str) -> None:
        """Add the labels that the name can deny or confirm.

        These are the things that cover much of the picture, and animals if the name is an animal.
        """
        self._count += 1
        named = self._networks.get_words(name)
        for word, terms, area in self._describe(seen):
            both_animals = ANIMAL in named & self._networks.get_words(word)
            if word != PERSON and (area >= _LARGE or both_animals):
                right = word in named
                self.labels.add(terms, right, self._count, _NAMED_IMPORTANCE)

    def _describe(self, seen: Seen) -> list[tuple[str, LabelTerms, float]]:
        """Return name, terms and the area of the best box of everything that was detected."""
        probabilities = postprocess(seen.logits, temperature=self._temperature)
        sums = self._adder.add_up(probabilities)
        classes = self._networks.vocabulary.classes
        guess = find_guess(sums, classes, int(probabilities.argmax()))
        groups: defaultdict[str, list[Detection]] = defaultdict(list)
        for detection in seen.detections[self._detail]:
            groups[detection.name].append(detection)
        return [
            (name, self._rater.describe_label(group, guess), 10 ** describe_box(group[0]).size)
            for name, group in groups.items()
        ]


def fit_temperature(networks: Networks, named: Sequence[tuple[Seen, str]]) -> float:
    """Return the temperature that makes the names most likely, to one digit."""
    adder = Adder(networks.vocabulary)

    def measure_surprise(temperature: float) -> float:
        sums = (
            adder.add_up(postprocess(seen.logits, temperature=temperature))[name]
            for seen, name in named
        )
        return -sum(float(np.log(max(_LEAST_PROBABILITY, value))) for value in sums)

    return round(float(min(_TEMPERATURES, key=measure_surprise)), 1)


def fit_terms(
    names: Sequence[str], examples: Examples, *, wrong_importance: float = 1.0
) -> tuple[dict[str, float], list[str]]:
    """Fit one calibration.

    Args:
        names: Of the terms.
        wrong_importance: How much a wrong answer counts against a right one.

    Returns:
        The weights by name, and lines that tell how well they do on pictures they have not seen.
    """
    values, right = np.array(examples.values), np.array(examples.right, np.float64)
    importance, pictures = np.array(examples.importance), np.array(examples.pictures)
    weighed = np.where(right == 0, importance * wrong_importance, importance)
    fitted, count = fit(values, right, weighed), int(pictures.max()) + 1
    held_out = [
        predict_held_out(
            values, right, weighed, np.random.RandomState(seed).permutation(count)[pictures]
        )
        for seed in range(_SPLITS)
    ]
    lines = []
    for kind, chosen in (("boxed", importance == 1), ("named", importance != 1)):
        if chosen.any():
            errors = [measure_calibration_error(each[chosen], right[chosen]) for each in held_out]
            of = f"{int(chosen.sum())} from held-out {kind} pictures"
            lines.append(f"  error on {of}: {np.mean(errors):.3f} +- {np.std(errors):.3f}")
    weights = {}
    for name, weight, deviation in zip(names, fitted.weights, fitted.errors, strict=True):
        weights[name] = round(float(weight), _DIGITS)
        lines.append(f"  {name:12} {weight:7.3f} +- {deviation:.3f}")
    return weights, lines


def calibrate(folder: Path, weights: Path) -> tuple[dict[str, object], str]:
    """Fit everything to a folder of labelled pictures.

    Returns:
        The content of `confidence.json`, and a report.

    Raises:
        WeightsError: The folder lacks one of the two kinds of pictures.
    """
    boxed, named = read_boxed_pictures(folder), read_named_pictures(folder)
    if not boxed or not named:
        raise WeightsError(
            f"{folder} has {len(boxed)} boxed and {len(named)} named pictures; both are needed. "
            "`pipeline/weights/pictures.py` says how such a folder looks."
        )
    networks = Networks(weights)
    named_seen = [(networks.look(picture.path), picture.name) for picture in named]
    temperature = fit_temperature(networks, named_seen)
    boxed_seen = [(networks.look(picture.path), picture) for picture in boxed]
    source = f"{len(boxed)} boxed and {len(named)} named pictures"
    rows: dict[str, object] = {
        "source": f"{source}, read by python -m pipeline.weights.calibrate_confidence",
        "fittedOn": datetime.now(UTC).date().isoformat(),
        "temperature": temperature,
    }
    report = [source, f"Temperature: {temperature}"]
    for detail in Detail:
        collector = Collector(networks, temperature, detail)
        for seen, picture in boxed_seen:
            collector.add_boxed(seen, picture)
        for seen, name in named_seen:
            collector.add_named(seen, name)
        label, label_lines = fit_terms(
            LabelTerms._fields, collector.labels, wrong_importance=_WRONG_IMPORTANCE
        )
        box, box_lines = fit_terms(BoxTerms._fields, collector.boxes)
        rows[detail] = {"label": label, "box": box}
        report += [f"Labels, {detail}", *label_lines, f"Boxes, {detail}", *box_lines]
    return rows, "\n".join(report)


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.weights.calibrate_confidence",
        description=(__doc__ or "").splitlines()[0],
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the labelled pictures")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="folder of the ONNX files")
    parser.add_argument("--output", type=Path, default=CONFIDENCE, help="file to write")
    given = parser.parse_args(arguments)
    try:
        rows, report = calibrate(given.folder, given.weights)
    except (WeightsError, FileNotFoundError) as error:
        sys.stderr.write(f"Nothing was calibrated. {error}\n")
        return 1
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(row)}" for key, row in rows.items())
    given.output.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    sys.stdout.write(f"{report}\nWritten: {given.output}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
