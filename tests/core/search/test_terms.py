"""Singular and plural have one term, in each language. Other words with the same letters do not."""

import pytest

from pipeline.core.search.terms import build_phrase, list_terms


@pytest.mark.parametrize(
    ("singular", "plural"),
    [
        ("car", "cars"),
        ("glass", "glasses"),
        ("knife", "knives"),
        ("pony", "ponies"),
        ("person", "people"),
        ("golden retriever", "Golden Retrievers"),
        ("Hund", "Hunde"),
        ("Katze", "Katzen"),
        ("Fahrrad", "Fahrräder"),
        ("Buch", "Bücher"),
        ("Gabel", "Gabeln"),
        ("Apfel", "Äpfel"),
        ("perro", "perros"),
        ("autobús", "autobuses"),
        ("pez", "peces"),
        ("flor", "FLORES"),
    ],
)
def test_singular_and_plural_have_the_same_term(singular: str, plural: str) -> None:
    assert build_phrase(singular) == build_phrase(plural)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("car", "carrot"),
        ("corgi", "core"),
        ("dog", "hot dog"),
        ("tow truck", "tower"),
        ("flow", "flower"),
        ("Tier", "Tiger"),
    ],
)
def test_other_words_have_other_terms(one: str, other: str) -> None:
    assert build_phrase(one) != build_phrase(other)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("IMG_1234", ["img", "1234"]),
        ("hen-and-chicks (2)", ["hen", "and", "chick", "2"]),
        (" … ", []),
        ("x" * 100, ["x" * 40]),
    ],
)
def test_a_text_is_split_at_everything_but_letters_and_digits(text: str, words: list[str]) -> None:
    assert list_terms(text) == words
