"""Reads a folder of pictures whose contents are known. Measuring and calibrating need one.

Each folder in it is of one of two kinds:

- Boxed pictures: `images/` holds the pictures. `labels/` holds a text file for each, with one line
  for each thing: the place of its class in `coco.json`, then the centre and the size of its box as
  ratios of the picture: `0 0.5 0.5 0.2 0.4`.
- Named pictures: a folder for each class of the classifier, called by its WordNet id (`n03888257`),
  holds pictures of it.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.weights.errors import WeightsError
from pipeline.weights.labels.build import TABLES, read_synsets

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp"}

_BOX_NUMBERS = 5
_SYNSET_ID = re.compile(r"n\d{8}")

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as ratios of the picture's width and height."""


@dataclass(frozen=True)
class Thing:
    """One thing that a person marked in a picture."""

    name: str
    box: Box


@dataclass(frozen=True)
class BoxedPicture:
    """A picture with every thing in it that the detector knows."""

    path: Path
    things: tuple[Thing, ...]


@dataclass(frozen=True)
class NamedPicture:
    """A picture with the name of the one class that it shows. Other things may be in it too."""

    path: Path
    name: str


def read_boxed_pictures(folder: Path) -> list[BoxedPicture]:
    """Return the boxed pictures in a folder and the folders in it."""
    return [
        BoxedPicture(path, tuple(_read_things(path.parents[1] / "labels" / f"{path.stem}.txt")))
        for inner in _list_folders(folder)
        if (inner / "labels").is_dir() and (inner / "images").is_dir()
        for path in _list_pictures(inner / "images")
    ]


def read_named_pictures(folder: Path) -> list[NamedPicture]:
    """Return the named pictures in a folder and the folders in it."""
    return [
        NamedPicture(path, _find_name(named.name))
        for inner in _list_folders(folder)
        for named in sorted(inner.iterdir())
        if named.is_dir() and _SYNSET_ID.fullmatch(named.name)
        for path in _list_pictures(named)
    ]


def measure_overlap(box: Box, other: Box) -> float:
    """Return the intersection over union of two boxes, in [0, 1]."""
    width = min(box[2], other[2]) - max(box[0], other[0])
    height = min(box[3], other[3]) - max(box[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (box, other)]
    return both / (sum(areas) - both)


def _list_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise WeightsError(f"{folder} is not a folder. Name the folder of the labelled pictures.")
    return [folder, *sorted(path for path in folder.iterdir() if path.is_dir())]


def _list_pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES)


def _read_things(path: Path) -> Iterator[Thing]:
    """Read one file of labels. A picture without a file shows nothing that the detector knows."""
    names = _read_category_names()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        numbers = line.split()
        try:
            place, (x, y, width, height) = int(numbers[0]), map(float, numbers[1:_BOX_NUMBERS])
            name = names[place]
        except (ValueError, IndexError) as error:
            raise WeightsError(
                f"{path}: {line!r} is not a thing. Write a class from 0 to {len(names) - 1} and "
                "the centre x, centre y, width and height of the box as ratios."
            ) from error
        yield Thing(name, (x - width / 2, y - height / 2, x + width / 2, y + height / 2))


@cache
def _read_category_names() -> list[str]:
    return [row["name"] for row in json.loads((TABLES / "coco.json").read_text("utf-8"))]


@cache
def _read_class_names() -> dict[str, str]:
    """Return the name of each class by its WordNet id."""
    rows = json.loads((TABLES / "imagenet.json").read_text("utf-8"))
    return {
        synset.synset_id: rows[synset.class_id]["name"]
        for synset in read_synsets().values()
        if synset.class_id is not None
    }


def _find_name(synset_id: str) -> str:
    try:
        return _read_class_names()[synset_id]
    except KeyError as error:
        raise WeightsError(
            f"{synset_id} is no class of the classifier. Remove its folder."
        ) from error
