"""What finds a task: names of its labels, words in the picture, its file name, and its looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePath

from pipeline.core.fingerprint import list_bands
from pipeline.core.labels import Label
from pipeline.core.search.terms import LANGUAGES, build_phrase, list_terms, load_names
from pipeline.core.tasks.record import Task, TaskStatus

SHOWN_CONFIDENCE = 50
"""Labels with less are not found. The page shows no label below it either, unless asked to."""

MOST_NAMES = 12
"""Label names of one task that are counted, most confident first. A photo has four on average."""

MOST_LABEL_TERMS = 60
"""Terms of the names of one task's labels, most confident first. A photo has 13 on average."""

MOST_TEXT_TERMS = 100
"""Terms of the text in one picture. A page of a book has more; the first ones find it."""

MOST_FILE_TERMS = 10


@dataclass(frozen=True)
class TaskWords:
    """What finds one task, as terms."""

    names: tuple[str, ...]
    """English names of its labels and their parents, as written. These are counted."""
    labels: frozenset[str]
    """Whole names of labels, parents and aliases, in all languages."""
    label_words: frozenset[str]
    """Single words of these names."""
    text: frozenset[str]
    file_name: frozenset[str]
    looks: frozenset[str]
    """Parts of the picture's hash, which find its copies. No word that somebody types is one."""

    @property
    def all(self) -> frozenset[str]:
        """Every term that the index has for the task."""
        return self.labels | self.words | self.looks

    @property
    def words(self) -> frozenset[str]:
        """Single words, wherever they come from."""
        return self.label_words | self.text | self.file_name


NOTHING = TaskWords((), frozenset(), frozenset(), frozenset(), frozenset(), frozenset())


def list_words(task: Task) -> TaskWords:
    """List what finds this task: nothing before it has succeeded."""
    if task.status != TaskStatus.SUCCEEDED:
        return NOTHING
    labels = [label for label in task.get_labels() if label.confidence >= SHOWN_CONFIDENCE]
    phrases = dict.fromkeys(map(build_phrase, _list_phrases(labels)))
    words = dict.fromkeys(word for phrase in phrases for word in phrase.split())
    return TaskWords(
        names=tuple(islice(dict.fromkeys(_list_names(labels)), MOST_NAMES)),
        labels=frozenset(islice(phrases, MOST_LABEL_TERMS // 2)) - {""},
        label_words=frozenset(islice(words, MOST_LABEL_TERMS // 2)),
        text=_list_distinct(_list_lines(task), MOST_TEXT_TERMS),
        file_name=_list_distinct([PurePath(task.file_name or "").stem], MOST_FILE_TERMS),
        looks=frozenset(list_looks(task)),
    )


def list_looks(task: Task) -> list[str]:
    """The terms that find copies of a task's picture; none without a fingerprint."""
    fingerprint = task.get_fingerprint()
    return [] if fingerprint is None else [f"={band}" for band in list_bands(fingerprint)]


def _list_names(labels: Iterable[Label]) -> Iterator[str]:
    for label in labels:
        yield label.name
        for parent in label.parents:
            yield parent.name


def _list_phrases(labels: Iterable[Label]) -> Iterator[str]:
    """All that the labels are called. Other languages have no aliases."""
    tables = [load_names(language) for language in LANGUAGES]
    for label in labels:
        for name in _list_names([label]):
            yield name
            for table in tables:
                yield table.get(name, name)
        for alias in label.aliases:
            yield alias.name


def _list_lines(task: Task) -> Iterator[str]:
    text = task.get_text()
    for line in text.lines if text else ():
        yield line.text


def _list_distinct(texts: Iterable[str], most: int) -> frozenset[str]:
    terms = dict.fromkeys(term for text in texts for term in list_terms(text))
    return frozenset(islice(terms, most))
