"""What the models can name: names, aliases and parents.

`pipeline.weights` writes the tables in this folder. NOTICE has their licence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Rows = list[dict[str, Any]]

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Word:
    """A name that a label can have."""

    name: str
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    """Wider words, nearest first. The parents of a parent are the words after it."""


class WordFinder:
    """Finds our word for a name of somebody else: a name or an alias, whatever its capitals."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        aliases = {alias.lower(): word for word in words.values() for alias in word.aliases}
        self._words = aliases | {name.lower(): word for name, word in words.items()}

    def find(self, theirs: str) -> Word | None:
        """Return our word; None if we have none."""
        return self._words.get(theirs.lower())


def read_classes() -> Rows:
    """The rows of the classifier, in the order of its class ids."""
    return _read("imagenet.json")


def read_categories() -> Rows:
    """The rows of the detector, with COCO's ids."""
    return _read("coco.json")


def build_words(*tables: Rows) -> dict[str, Word]:
    """The words of these tables by name, with those that are only parents."""
    words: dict[str, Word] = {}
    for row in (row for table in tables for row in table):
        words[row["name"]] = Word(row["name"], tuple(row["aliases"]), tuple(row["parents"]))
    for word in list(words.values()):
        for position, parent in enumerate(word.parents):
            words.setdefault(parent, Word(parent, parents=word.parents[position + 1 :]))
    return words


def load_words() -> dict[str, Word]:
    """All that the service can name."""
    return build_words(read_categories(), read_classes())


def _read(file_name: str) -> Rows:
    rows: Rows = json.loads((_FOLDER / file_name).read_text("utf-8"))
    return rows
