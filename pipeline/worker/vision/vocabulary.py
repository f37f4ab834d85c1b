"""The words of the two networks: names, aliases and parents.

`pipeline.weights` writes the tables in `data/`. NOTICE in that folder has their licence.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Word:
    """A name that a label can have."""

    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    """Wider words, nearest first. The parents of a parent are the words after it."""


@dataclass(frozen=True)
class Vocabulary:
    """All words, and the words that each network can return."""

    words: Mapping[str, Word]
    classes: Sequence[str]  # Name by class id of the classifier
    categories: Mapping[int, str]  # Name by class id of the detector; COCO's ids have gaps


class WordFinder:
    """Finds our word for a name of somebody else: a name or an alias, whatever its capitals."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        aliases = {alias.lower(): word for word in words.values() for alias in word.aliases}
        self._words = aliases | {name.lower(): word for name, word in words.items()}

    def find(self, theirs: str) -> Word | None:
        """Return our word; None if we have none."""
        return self._words.get(theirs.lower())


def load_vocabulary() -> Vocabulary:
    """Read the label tables."""
    imagenet = json.loads((_DATA / "imagenet.json").read_text("utf-8"))
    coco = json.loads((_DATA / "coco.json").read_text("utf-8"))
    words: dict[str, Word] = {}
    for row in [*coco, *imagenet]:
        parents = tuple(row["parents"])
        words[row["name"]] = Word(row["name"], tuple(row["aliases"]), parents)
    for word in list(words.values()):
        for position, parent in enumerate(word.parents):
            words.setdefault(parent, Word(parent, parents=word.parents[position + 1 :]))
    return Vocabulary(
        words=words,
        classes=[row["name"] for row in imagenet],
        categories={row["id"]: row["name"] for row in coco},
    )
