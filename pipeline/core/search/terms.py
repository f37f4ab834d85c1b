"""The term of a word: the form that its singular and plural share, in all languages of the page.

The index stores terms, and a question is turned into terms too. One rule serves English, German and
Spanish, so a question needs no language: "Hunde", "hund" and "HUND" all become "hund".
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parents[1] / "words"

LONGEST_WORD = 40
"""Characters of a word that count. Longer ones are no words but codes."""

_SHORTEST_STEM = 3
_SEPARATORS = re.compile(r"[\W_]+")

_ENDINGS = ("es", "en", "s", "e")
"""Endings of plurals, longest first. They are removed again and again, from the singular too."""

_EVENED = {"y": "i", "v": "f", "z": "c"}
"""Last letters that change before a plural: "pony", "knives" of "knife", "peces" of "pez"."""

_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "oxen": "ox",
}
"""English plurals that no ending makes."""


def split_words(text: str) -> list[str]:
    """The words of a text, in small letters and without accents."""
    plain = unicodedata.normalize("NFD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    return [word[:LONGEST_WORD] for word in _SEPARATORS.split(letters) if word]


def list_terms(text: str) -> list[str]:
    """The terms of the words of a text, in their order."""
    return [_build_term(word) for word in split_words(text)]


def build_phrase(text: str) -> str:
    """The term of a whole name: "Golden Retrievers" and "golden retriever" have the same."""
    return " ".join(list_terms(text))


@cache
def load_names(language: str) -> dict[str, str]:
    """English names of labels to their names in another language: "de" or "es"."""
    names: dict[str, str] = json.loads((WORDS / f"{language}.json").read_text("utf-8"))
    return names


LANGUAGES = ("de", "es")
"""Languages other than English that labels have names in."""


def _build_term(word: str) -> str:
    singular = _IRREGULAR.get(word, word)
    # German nouns may add "er": "Räder". Many words of all languages end so: "tower", "Tiger".
    if singular.endswith("er") and _strip(singular[:-2]) in _list_german_nouns():
        singular = singular[:-2]
    return _strip(singular)


@cache
def _list_german_nouns() -> frozenset[str]:
    """German names of one word with at most seven letters. Only short ones add "er"."""
    names = {name for name in load_names("de").values() if name[:1].isupper()}
    words = (split_words(name) for name in names)
    return frozenset(_strip(found[0]) for found in words if len(found) == 1 and len(found[0]) <= 7)


def _strip(word: str) -> str:
    for ending in _ENDINGS:
        is_double = ending == "s" and word.endswith("ss")  # As in "glass", which is no plural
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM and not is_double:
            return _strip(word.removesuffix(ending))
    if word.endswith(("eln", "ern")):  # Plurals of German: "Gabeln", "Federn"
        word = word.removesuffix("n")
    if word.endswith("ss"):  # "Fuß" and "Füße"
        word = word.removesuffix("s")
    return word[:-1] + _EVENED.get(word[-1:], word[-1:])
