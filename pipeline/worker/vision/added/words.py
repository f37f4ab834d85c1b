"""Finds the words for the classes of an added model."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.vocabulary import Word, WordFinder
from pipeline.worker.vision.added.manifest import Manifest


def find_word(name: str, finder: WordFinder) -> str:
    """Return the name that labels get for a class: ours if we have the word."""
    word = finder.find(name) or finder.find(name.replace("_", " "))
    return word.name if word else name


def build_words(manifest: Manifest, finder: WordFinder) -> dict[str, Word]:
    """Return the word of each class, and of all wider words."""
    words: dict[str, Word] = {}
    for name in manifest.classes:
        ours = finder.find(find_word(name, finder))
        if ours:
            words[ours.name] = ours
        else:
            chain = _build_parents(manifest.parents.get(name, ()), finder)
            words[name] = Word(name, parents=chain)
    for word in list(words.values()):
        for position, parent in enumerate(word.parents):
            ours = finder.find(parent)
            words.setdefault(parent, ours or Word(parent, parents=word.parents[position + 1 :]))
    return words


def _build_parents(names: Sequence[str], finder: WordFinder) -> tuple[str, ...]:
    """Return the wider words. After one of ours come its own wider words."""
    chain: list[str] = []
    for name in names:
        ours = finder.find(name)
        chain += (ours.name, *ours.parents) if ours else (name,)
    return tuple(dict.fromkeys(chain))
