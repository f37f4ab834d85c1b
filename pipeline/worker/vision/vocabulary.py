"""The words that each of the two networks can return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.core.vocabulary import Word, build_words, read_categories, read_classes


@dataclass(frozen=True)
class Vocabulary:
    """All words, and the words that each network can return."""

    words: Mapping[str, Word]
    classes: Sequence[str]  # Name by class id of the classifier
    categories: Mapping[int, str]  # Name by class id of the detector; COCO's ids have gaps


def load_vocabulary() -> Vocabulary:
    """Read the label tables."""
    categories, classes = read_categories(), read_classes()
    return Vocabulary(
        words=build_words(categories, classes),
        classes=[row["name"] for row in classes],
        categories={row["id"]: row["name"] for row in categories},
    )
