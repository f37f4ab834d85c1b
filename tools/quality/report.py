"""Shows what was measured: tables, and the curves as a PNG."""

from pathlib import Path

import matplotlib.pyplot as plt
from rich.table import Table

from tools.quality.measure import Answers, Quality, Tally

COLOURS = {"Labels": "#1d4ed8", "Boxes": "#c2410c", "First guesses": "#15803d"}

_LEAST_ANSWERS = 10
"""A point of fewer answers says little, so it is not drawn."""


def build_tables(quality: Quality) -> list[Table]:
    """Return all results as tables."""
    return [
        _build_summary(quality),
        *(_build_reliability(name, answers) for name, answers in get_kinds(quality).items()),
        _build_tallies("Boxes at 50 % by size of the thing", quality.sizes),
        _build_classes(quality),
    ]


def get_kinds(quality: Quality) -> dict[str, Answers]:
    """Return the kinds of answers that were given, by their titles."""
    kinds = zip(COLOURS, (quality.labels, quality.boxes, quality.guesses), strict=True)
    return {name: answers for name, answers in kinds if answers.stated}


def draw_reliability(quality: Quality, path: Path) -> None:
    """Draw how often answers are right against how probable they were said to be."""
    plt.switch_backend("agg")
    figure, axes = plt.subplots(figsize=(5.5, 5))
    axes.plot([0, 100], [0, 100], color="#94a3b8", linestyle="--", label="As stated")
    for name, answers in get_kinds(quality).items():
        points = [
            (stated * 100, right * 100)
            for stated, right, count in answers.list_bins()
            if count >= _LEAST_ANSWERS
        ]
        title = f"{name}, error {answers.compute_error():.3f}"
        axes.plot(*zip(*points, strict=True), marker="o", color=COLOURS[name], label=title)
    axes.set_xlabel("Stated confidence, %")
    axes.set_ylabel("Right, %")
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.legend(loc="upper left")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
    plt.close(figure)


def _build_summary(quality: Quality) -> Table:
    table = Table("measure", "value", title="The whole recogniser")
    for name, answers in get_kinds(quality).items():
        table.add_row(f"{name}: calibration error", f"{answers.compute_error():.3f}")
    if quality.labels.stated:
        table.add_row("Labels: recall at 50 %", f"{quality.label_tally.recall:.3f}")
        table.add_row("Labels: precision at 50 %", f"{quality.label_tally.precision:.3f}")
        table.add_row("Boxes: mAP at half overlap", f"{quality.mean_average_precision:.3f}")
    if quality.named:
        table.add_row("Named pictures: top-1", f"{quality.top1 / quality.named:.3f}")
        table.add_row("Named pictures: top-5", f"{quality.top5 / quality.named:.3f}")
    return table


def _build_reliability(name: str, answers: Answers) -> Table:
    table = Table("stated %", "right %", "answers", title=name)
    for stated, right, count in answers.list_bins():
        table.add_row(f"{stated * 100:.0f}", f"{right * 100:.0f}", str(count))
    return table


def _build_tallies(title: str, tallies: dict[str, Tally]) -> Table:
    table = Table("", "present", "recall", "precision", title=title)
    for name, tally in tallies.items():
        table.add_row(name, str(tally.present), f"{tally.recall:.2f}", f"{tally.precision:.2f}")
    return table


def _build_classes(quality: Quality) -> Table:
    table = Table("class", "pictures", "recall", "precision", "AP", title="Labels at 50 % by class")
    for name, tally in sorted(quality.classes.items(), key=lambda row: -row[1].present):
        precision = quality.average_precision.get(name)
        table.add_row(
            name,
            str(tally.present),
            f"{tally.recall:.2f}",
            f"{tally.precision:.2f}",
            "-" if precision is None else f"{precision:.2f}",
        )
    return table
