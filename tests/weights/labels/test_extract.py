from pathlib import Path

import pytest

from pipeline.weights.labels.build import Synset, read_synsets
from pipeline.weights.labels.extract import number_classes, read_wordnet, select, write_synsets

LINES = [
    "  1 This is where the licence is  \n",
    "00000001 03 n 01 entity 0 001 ~ 00000002 n 0000 | all that is  \n",
    "00000002 05 n 02 domestic_cat 0 Felis_catus 0 003 @ 00000001 n 0000"
    " @i 00000003 n 0000 ~ 00000004 n 0000 | a cat | with a bar  \n",
    "00000003 03 n 01 pet 0 000 | kept for company  \n",
    "00000004 05 n 01 tabby 0 001 @ 00000002 n 0000 | a striped cat  \n",
]


@pytest.fixture
def synsets() -> dict[str, Synset]:
    return {synset.synset_id: synset for synset in read_wordnet(LINES)}


def test_words_and_hypernyms_are_read(synsets: dict[str, Synset]) -> None:
    assert synsets["n00000002"] == Synset(
        synset_id="n00000002",
        class_id=None,
        lemmas=("domestic cat", "Felis catus"),
        hypernyms=("n00000001", "n00000003"),
    )
    assert len(synsets) == 4


def test_only_what_is_above_the_wanted_is_kept(synsets: dict[str, Synset]) -> None:
    assert sorted(select(synsets, ["n00000002"])) == ["n00000001", "n00000002", "n00000003"]


def test_classes_get_their_ids_when_the_words_agree(synsets: dict[str, Synset]) -> None:
    number_classes(synsets, ["n00000004", "n00000002"], ["tabby", "domestic cat, Felis catus"])

    assert [synsets[i].class_id for i in ("n00000004", "n00000002")] == [0, 1]


def test_a_wrong_order_of_classes_is_refused(synsets: dict[str, Synset]) -> None:
    with pytest.raises(ValueError, match="Class 0 is 'tabby', but n00000002 is not"):
        number_classes(synsets, ["n00000002", "n00000004"], ["tabby", "domestic cat, Felis catus"])


def test_what_is_written_is_read_back(synsets: dict[str, Synset], tmp_path: Path) -> None:
    number_classes(synsets, ["n00000004"], ["tabby"])

    write_synsets(tmp_path / "wordnet.tsv", synsets)

    assert read_synsets(tmp_path / "wordnet.tsv") == synsets
