"""Builds the tables of names that labels can have from `wordnet.tsv` and `overrides.toml`.

`python -m pipeline.weights.labels.build` writes `imagenet.json` (1,000 rows in the order of the
classifier's class ids) and `coco.json` (80 rows, each with its COCO category id).

Every name has at most one parent, so that a chain of parents is the same wherever it starts.
Classes that `overrides.toml` merges have the same name and so the same row.
"""

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from pydantic import BaseModel

HERE = Path(__file__).parent
SYNSETS = HERE / "wordnet.tsv"
OVERRIDES = HERE / "overrides.toml"
TABLES = HERE.parents[1] / "core" / "vocabulary"


@dataclass(frozen=True)
class Synset:
    """One meaning in WordNet: the words that share it, and the meanings above it."""

    synset_id: str
    class_id: int | None
    """Row of the classifier's output; None for a meaning that is no class of it."""
    lemmas: tuple[str, ...]
    hypernyms: tuple[str, ...]


class CocoCategory(BaseModel):
    """One category that the detector knows."""

    id: int
    synset: str
    name: str


class Overrides(BaseModel):
    """The decisions of people. `overrides.toml` explains each table."""

    groups: dict[str, str]
    parents: dict[str, str]
    aliases: dict[str, list[str]]
    dropped_aliases: list[str]
    merged: dict[str, list[str]]
    names: dict[str, str]
    coco: list[CocoCategory]


Row = dict[str, Any]
"""name, aliases, parents (nearest first); COCO rows have an id."""


def read_synsets(path: Path = SYNSETS) -> dict[str, Synset]:
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t")
        synsets = [
            Synset(
                synset_id=row["synset_id"],
                class_id=int(row["class_id"]) if row["class_id"] else None,
                lemmas=tuple(row["lemmas"].split(", ")),
                hypernyms=tuple(row["hypernyms"].split()),
            )
            for row in rows
        ]
    return {synset.synset_id: synset for synset in synsets}


def read_overrides(path: Path = OVERRIDES) -> Overrides:
    return Overrides.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))


class Vocabulary:
    """All names with their synsets, parents and aliases."""

    def __init__(self, synsets: dict[str, Synset], overrides: Overrides) -> None:
        self._synsets = synsets
        self._overrides = overrides
        # One synset has one name, whichever network sees it
        merged = {synset: name for name, group in overrides.merged.items() for synset in group}
        coco = {category.synset: category.name for category in overrides.coco}
        self._names = overrides.names | merged | coco
        self._by_name: dict[str, list[str]] = {}
        for name, synset_id in self._meanings():
            self._by_name.setdefault(name, []).append(synset_id)
        self._claims = Counter(
            word for name in self._by_name for word in {w.lower() for w in self._words(name)}
        )

    def class_names(self) -> list[str]:
        """Names of the classifier's classes, in the order of its output."""
        classes = {s.class_id: s for s in self._synsets.values() if s.class_id is not None}
        return [self._name(classes[class_id]) for class_id in range(len(classes))]

    def build_row(self, name: str) -> Row:
        return {"name": name, "aliases": self._aliases(name), "parents": list(self._chain(name))}

    def _meanings(self) -> Iterator[tuple[str, str]]:
        """Pairs of name and synset; the first synset of a name decides about its parent."""
        groups = ((name, synset_id) for synset_id, name in self._overrides.groups.items())
        coco = ((category.name, category.synset) for category in self._overrides.coco)
        classes = (s for s in self._synsets.values() if s.class_id is not None)
        return chain(groups, coco, ((self._name(s), s.synset_id) for s in classes))

    def _name(self, synset: Synset) -> str:
        return self._names.get(synset.synset_id, synset.lemmas[0])

    def _words(self, name: str) -> list[str]:
        """The name, then all that may be an alias of it."""
        lemmas = chain.from_iterable(self._synsets[i].lemmas for i in self._by_name[name])
        return list(dict.fromkeys([name, *self._overrides.aliases.get(name, []), *lemmas]))

    def _aliases(self, name: str) -> list[str]:
        """Leave out words that people dropped or that another name claims too."""
        dropped = self._overrides.dropped_aliases
        unique: dict[str, str] = {}
        for word in self._words(name):
            if self._claims[word.lower()] == 1 and word not in dropped:
                unique.setdefault(word.lower(), word)
        return [word for word in unique.values() if word.lower() != name.lower()]

    def _chain(self, name: str) -> Iterator[str]:
        while name := self._parent(name):
            yield name

    def _parent(self, name: str) -> str:
        """The nearest group above `name`, or "" at the top."""
        if name in self._overrides.parents:
            return self._overrides.parents[name]
        level = [self._by_name[name][0]]
        while level:
            level = [above for i in level for above in self._synsets[i].hypernyms]
            groups = (self._overrides.groups.get(i) for i in level)
            nearest = next((group for group in groups if group and group != name), None)
            if nearest:
                return nearest
        return ""


def build_tables(synsets: dict[str, Synset], overrides: Overrides) -> dict[str, list[Row]]:
    """The rows of each table, by file name."""
    vocabulary = Vocabulary(synsets, overrides)
    coco = [{"id": c.id} | vocabulary.build_row(c.name) for c in overrides.coco]
    imagenet = [vocabulary.build_row(name) for name in vocabulary.class_names()]
    return {"coco.json": coco, "imagenet.json": imagenet}


def encode_table(rows: list[Row]) -> str:
    """JSON with one row a line, so that a diff shows what changed."""
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


def main() -> None:
    tables = build_tables(read_synsets(), read_overrides())
    TABLES.mkdir(parents=True, exist_ok=True)
    for file_name, rows in tables.items():
        (TABLES / file_name).write_text(encode_table(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
