"""Sums of the classifier's probabilities: the probability of every word."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.vocabulary import Vocabulary

_Sums: TypeAlias = npt.NDArray[np.float64]


class WordSums(Mapping[str, float]):
    """Probability by word. It stays a numpy array, because callers read few of its 1,000 words."""

    def __init__(self, names: Sequence[str], places: Mapping[str, int], sums: _Sums) -> None:
        self._names = names
        self._places = places
        self._sums = sums

    def __getitem__(self, word: str) -> float:
        return float(self._sums[self._places[word]])

    def __contains__(self, word: object) -> bool:
        return word in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def select(self, least: float) -> dict[str, float]:
        """Return the words with at least this probability, in [0, 1]."""
        [found] = np.nonzero(self._sums >= least)
        return {self._names[place]: float(self._sums[place]) for place in found.tolist()}


class Adder:
    """Computes the sums. Safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the classes that belong to each word."""
        # By class id: the class and all its wider words
        words = [(name, *vocabulary.words[name].parents) for name in vocabulary.classes]
        self._class_count = len(words)
        self._names = list(dict.fromkeys(chain.from_iterable(words)))
        self._places = {name: place for place, name in enumerate(self._names)}
        self._summand_ids = np.repeat(np.arange(len(words)), [len(names) for names in words])
        self._summand_places = np.array([self._places[name] for name in chain.from_iterable(words)])

    def add_up(self, probabilities: Array) -> WordSums:
        """Return the probability of every class and of all wider words.

        Args:
            probabilities: By class id, shape (classes,), with sum at most 1.

        Raises:
            ValueError: The vocabulary has another number of classes.
        """
        if probabilities.shape != (self._class_count,):
            raise ValueError(f"{probabilities.shape} probabilities, {self._class_count} classes")
        sums = np.bincount(self._summand_places, weights=probabilities[self._summand_ids])
        return WordSums(self._names, self._places, np.asarray(sums, np.float64))
