"""Runs the whole recogniser on labelled pictures, as users get it, and judges its answers."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.core.labels import BoundingBox, Label
from pipeline.weights.logistic import measure_calibration_error
from pipeline.weights.pictures import Box, BoxedPicture, NamedPicture, Thing, measure_overlap

LEAST_OVERLAP = 0.5
"""Intersection over union from which a box is right."""
THRESHOLD = 0.5
"""The default of the API."""
BINS = 10
LEAST_JUDGED = 0.1
"""Answers with a lower probability do not count for the calibration. They are many and nearly all
wrong, and would hide the error of the others. They count for the average precision."""

SIZES = {"small": 0.0033, "medium": 0.03, "large": 1.01}
"""Upper limits of the part of the picture: COCO's 32 x 32 and 96 x 96 pixels of 640 x 480."""

Recognize = Callable[[bytes], Sequence[Label]]
"""Returns every label above a low threshold."""


@dataclass
class Answers:
    """Answers of one kind: how probable each was said to be, and whether it was right."""

    stated: list[float] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)

    def add(self, stated: float, right: bool) -> None:
        if stated >= LEAST_JUDGED:
            self.stated.append(stated)
            self.right.append(right)

    def compute_error(self) -> float:
        """Return the expected calibration error, in [0, 1]."""
        right = np.array(self.right, np.float64)
        return measure_calibration_error(np.array(self.stated), right, bins=BINS)

    def list_bins(self) -> list[tuple[float, float, int]]:
        """Return the mean of what is stated, the share of right answers and the count by bin."""
        stated, right = np.array(self.stated), np.array(self.right, np.float64)
        places = np.minimum((stated * BINS).astype(int), BINS - 1)
        return [
            (
                float(stated[places == place].mean()),
                float(right[places == place].mean()),
                int(np.sum(places == place)),
            )
            for place in np.unique(places)
        ]


@dataclass
class Tally:
    """Answers at the default threshold, against what there was to find."""

    found: int = 0
    wrong: int = 0
    present: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.present if self.present else float("nan")

    @property
    def precision(self) -> float:
        answers = self.found + self.wrong
        return self.found / answers if answers else float("nan")


@dataclass
class Quality:
    """Everything that was measured."""

    labels: Answers = field(default_factory=Answers)
    boxes: Answers = field(default_factory=Answers)
    guesses: Answers = field(default_factory=Answers)
    """The first guess for each named picture."""
    label_tally: Tally = field(default_factory=Tally)
    classes: dict[str, Tally] = field(default_factory=dict)
    sizes: dict[str, Tally] = field(default_factory=lambda: {size: Tally() for size in SIZES})
    """Boxes by the size of the thing; a wrong box counts by its own size."""
    average_precision: dict[str, float] = field(default_factory=dict)
    """Average precision by class, at an overlap of half."""
    named: int = 0
    top1: int = 0
    top5: int = 0

    @property
    def mean_average_precision(self) -> float:
        return float(np.mean([*self.average_precision.values()]))


class Judge:
    """Collects the answers for all pictures."""

    def __init__(self, categories: Iterable[str], classes: Iterable[str]) -> None:
        """Say what can be judged.

        Args:
            categories: Names that boxed pictures confirm or deny.
            classes: Names among which the first guess for a named picture is sought.
        """
        self._categories = frozenset(categories)
        self._classes = frozenset(classes)
        self._ranked: dict[str, list[tuple[float, bool]]] = {}
        self._things: Counter[str] = Counter()
        self.quality = Quality()

    def add_boxed(self, labels: Sequence[Label], picture: BoxedPicture) -> None:
        present = {thing.name for thing in picture.things}
        self._things.update(thing.name for thing in picture.things)
        said = {label.name: label for label in labels if label.name in self._categories}
        for label in said.values():
            self.quality.labels.add(label.confidence / 100, label.name in present)
        for name in present | said.keys():
            sure = name in said and said[name].confidence >= THRESHOLD * 100
            for tally in (self.quality.label_tally, self.quality.classes.setdefault(name, Tally())):
                tally.present += name in present
                tally.found += sure and name in present
                tally.wrong += sure and name not in present
        for name in present | said.keys():
            things = [thing for thing in picture.things if thing.name == name]
            self._judge_boxes(said.get(name), name, things)

    def add_named(self, labels: Sequence[Label], picture: NamedPicture) -> None:
        ranked = sorted(
            (label for label in labels if label.name in self._classes),
            key=lambda label: -label.confidence,
        )
        names = [label.name for label in ranked]
        self.quality.named += 1
        self.quality.top1 += names[:1] == [picture.name]
        self.quality.top5 += picture.name in names[:5]
        if ranked:
            self.quality.guesses.add(ranked[0].confidence / 100, names[0] == picture.name)

    def finish(self) -> Quality:
        """Compute what needs all pictures."""
        self.quality.average_precision = {
            name: compute_average_precision(self._ranked.get(name, []), count)
            for name, count in sorted(self._things.items())
        }
        return self.quality

    def _judge_boxes(self, label: Label | None, name: str, things: list[Thing]) -> None:
        """Judge the boxes of one name, highest confidence first. A thing can be found only once."""
        for thing in things:
            self.quality.sizes[find_size(thing.box)].present += 1
        for instance in label.instances if label else ():
            box, stated = convert_box(instance.bounding_box), instance.confidence / 100
            best = max(things, key=lambda thing: measure_overlap(thing.box, box), default=None)
            right = best is not None and measure_overlap(best.box, box) >= LEAST_OVERLAP
            self.quality.boxes.add(stated, right)
            self._ranked.setdefault(name, []).append((stated, right))
            if right and best is not None:
                things.remove(best)
            if stated >= THRESHOLD:
                size = self.quality.sizes[find_size(best.box if right and best else box)]
                size.found += right
                size.wrong += not right


def compute_average_precision(answers: Sequence[tuple[float, bool]], present: int) -> float:
    """Return the area under the precision that is reached at each recall, in [0, 1]."""
    right = np.array([hit for _, hit in sorted(answers, key=lambda answer: -answer[0])], bool)
    if not right.any():
        return 0.0
    found = np.cumsum(right)
    precision = found / np.arange(1, len(right) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[right].sum() / present)


def find_size(box: Box) -> str:
    """Return the name of the size of a box."""
    area = (box[2] - box[0]) * (box[3] - box[1])
    return next((size for size, limit in SIZES.items() if area < limit), "large")


def convert_box(box: BoundingBox) -> Box:
    return box.left, box.top, box.left + box.width, box.top + box.height


def measure_quality(
    recognize: Recognize,
    boxed: Iterable[BoxedPicture],
    named: Iterable[NamedPicture],
    judge: Judge,
) -> Quality:
    """Recognise every picture and judge the answers."""
    for picture in boxed:
        judge.add_boxed(recognize(picture.path.read_bytes()), picture)
    for shown in named:
        judge.add_named(recognize(shown.path.read_bytes()), shown)
    return judge.finish()
