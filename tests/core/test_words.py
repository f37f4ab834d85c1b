"""The words of labels in other languages: complete, unique, and foreign only on purpose."""

import json
from collections import Counter
from pathlib import Path

import pytest

from pipeline.worker.vision.vocabulary import load_vocabulary

HERE = Path(__file__).parent
WORDS = Path(__file__).parents[2] / "pipeline" / "core" / "words"
SAME = json.loads((HERE / "words_as_in_english.json").read_text("utf-8"))
"""Names by language that people checked: they are written as in English."""

languages = pytest.mark.parametrize("language", ["de", "es"])


def read_words(language: str) -> dict[str, str]:
    pairs: list[tuple[str, str]] = json.loads(
        (WORDS / f"{language}.json").read_text("utf-8"), object_pairs_hook=list
    )
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    assert repeated == []
    return dict(pairs)


def test_every_language_has_a_table() -> None:
    assert sorted(path.stem for path in WORDS.glob("*.json")) == ["de", "es"]
    assert sorted(SAME) == ["de", "es"]


@languages
def test_every_name_of_a_label_has_a_word_and_no_other_name_has_one(language: str) -> None:
    assert set(read_words(language)) == set(load_vocabulary().words)


@languages
def test_no_two_labels_have_the_same_word(language: str) -> None:
    """Any two labels may stand on one picture."""
    counts = Counter(word.casefold() for word in read_words(language).values())

    assert [word for word, count in counts.items() if count > 1] == []


@languages
def test_a_word_is_english_only_if_somebody_checked_it(language: str) -> None:
    words = read_words(language)

    same = [name for name, word in words.items() if word.casefold() == name.casefold()]

    assert sorted(same) == sorted(SAME[language])


@languages
def test_words_are_clean_text(language: str) -> None:
    untidy = [w for w in read_words(language).values() if " ".join(w.split()) != w or not w]

    assert untidy == []


def test_german_nouns_are_capitalised() -> None:
    assert [w for w in read_words("de").values() if not w[0].isupper() and w != "iPod"] == []


def test_spanish_nouns_are_lower_case() -> None:
    names = {"Ford T", "iPod"}
    assert [w for w in read_words("es").values() if w[0].isupper() and w not in names] == []
