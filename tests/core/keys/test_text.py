"""A key says whose it is, and nobody can guess one."""

import pytest

from pipeline.core.keys.text import make_key, read_key
from tests.examples import OWNER_ID


def test_a_key_can_be_read_again() -> None:
    made = make_key(OWNER_ID)

    assert read_key(made.text) == made
    assert made.owner_id == OWNER_ID
    assert made.text.startswith("spk_")


def test_two_keys_share_neither_id_nor_secret() -> None:
    first, second = make_key(OWNER_ID), make_key(OWNER_ID)

    assert first.key_id != second.key_id
    assert first.text[-43:] != second.text[-43:]
    assert first.shown != second.shown


def test_what_lists_show_has_nothing_of_the_secret() -> None:
    made = make_key(OWNER_ID)

    assert made.text.startswith(made.shown)
    # Three quarters of a base64 character are a byte: these are bytes of the id.
    assert (len(made.shown) - len("spk_")) * 3 / 4 < 16


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: text[:-1],
        lambda text: text + "A",
        lambda text: text.upper(),
        lambda text: text.replace("spk_", "sk_"),
        lambda text: text + "\n",
        lambda text: text[:20] + "é" + text[21:],
        lambda text: text[:20] + "!" + text[20:],
        lambda text: "spk_" + "A" * 10_000,
    ],
)
def test_other_texts_are_no_keys(spoil) -> None:  # type: ignore[no-untyped-def]
    assert read_key(spoil(make_key(OWNER_ID).text)) is None
