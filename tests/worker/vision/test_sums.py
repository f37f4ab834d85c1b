import numpy as np
import pytest

from pipeline.core.vocabulary import Word
from pipeline.worker.vision.sums import Adder
from pipeline.worker.vision.vocabulary import Vocabulary

WORDS = (
    Word("beagle", parents=("dog", "animal")),
    Word("tabby", parents=("cat", "animal")),
    Word("basset", parents=("dog", "animal")),
    Word("cup"),
)
ADDER = Adder(
    Vocabulary(
        words={word.name: word for word in WORDS},
        classes=[word.name for word in WORDS],
        categories={},
    )
)


def test_a_wider_word_is_as_probable_as_all_its_words_together() -> None:
    sums = ADDER.add_up(np.array([0.4, 0.1, 0.3, 0.2], np.float32))

    assert dict(sums) == pytest.approx(
        {
            "beagle": 0.4,
            "dog": 0.7,
            "animal": 0.8,
            "tabby": 0.1,
            "cat": 0.1,
            "basset": 0.3,
            "cup": 0.2,
        }
    )
    assert "dog" in sums
    assert "panda" not in sums


def test_selected_words_are_at_least_so_probable() -> None:
    sums = ADDER.add_up(np.array([0.5, 0, 0.25, 0.25], np.float32))

    assert sums.select(0.5) == {"beagle": 0.5, "dog": 0.75, "animal": 0.75}
    assert len(sums.select(0)) == len(sums) == 7


def test_weights_of_other_classes_are_an_error() -> None:
    with pytest.raises(ValueError, match="4 classes"):
        ADDER.add_up(np.array([0.5, 0.5], np.float32))
