"""Measure the recogniser on labelled pictures: `python -m tools.quality FOLDER`.

`pipeline/weights/pictures.py` says how the folder looks. No such folder belongs to the project.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import track

from infra.local.layout import REPOSITORY, WEIGHTS
from pipeline.core.labels import Label
from pipeline.core.options import Detail, Options
from pipeline.weights.errors import WeightsError
from pipeline.weights.pictures import read_boxed_pictures, read_named_pictures
from pipeline.worker.vision.recognizer import Recognizer
from pipeline.worker.vision.vocabulary import load_vocabulary
from tools.quality.measure import Judge, measure_quality
from tools.quality.report import build_tables, draw_reliability

PLOT = REPOSITORY / "build" / "quality.png"

EVERYTHING = Options(min_confidence=1, max_labels=2000)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, write the plot and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.quality", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the labelled pictures")
    parser.add_argument("--plot", type=Path, default=PLOT, help="PNG to write (%(default)s)")
    parser.add_argument("--detail", choices=list(Detail), default=Detail.FAST, type=Detail)
    given = parser.parse_args(arguments)
    options = replace(EVERYTHING, detail=given.detail)
    console, progress = Console(), Console(stderr=True)
    try:
        boxed, named = read_boxed_pictures(given.folder), read_named_pictures(given.folder)
        if not boxed and not named:
            raise WeightsError(
                f"{given.folder} holds no labelled pictures. "
                "`pipeline/weights/pictures.py` says how such a folder looks."
            )
    except WeightsError as error:
        sys.stderr.write(f"Nothing was measured. {error}\n")
        return 1
    recognizer, vocabulary = Recognizer(WEIGHTS), load_vocabulary()

    def recognize(data: bytes) -> Sequence[Label]:
        return recognizer.recognize_file(data, options).labels

    quality = measure_quality(
        recognize,
        track(boxed, "Boxed pictures", console=progress),
        track(named, "Named pictures", console=progress),
        Judge(vocabulary.categories.values(), vocabulary.classes),
    )
    for table in build_tables(quality):
        console.print(table)
    draw_reliability(quality, given.plot)
    console.print(f"{len(boxed)} boxed and {len(named)} named pictures. Written: {given.plot}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
