"""How alike two fingerprints are."""

import base64
import struct

import pytest

from pipeline.core.fingerprint import (
    VECTOR_SIZE,
    Fingerprint,
    count_different_bits,
    is_copy,
    list_bands,
    similarity,
)


def build(first: int, second: int, *, hash_: int = 0, mirrored: int = 2**64 - 1) -> Fingerprint:
    """A fingerprint whose vector is zero but for its first two numbers."""
    vector = struct.pack(f"{VECTOR_SIZE}b", first, second, *[0] * (VECTOR_SIZE - 2))
    return Fingerprint(
        vector=base64.b64encode(vector).decode(),
        hash=f"{hash_:016x}",
        mirrored_hash=f"{mirrored:016x}",
    )


@pytest.mark.parametrize(
    ("other", "expected"),
    [((100, 0), 1), ((-50, 0), -1), ((0, 7), 0), ((127, 127), 0.5**0.5), ((0, 0), 0)],
)
def test_similarity_is_the_cosine_of_the_vectors(other: tuple[int, int], expected: float) -> None:
    assert similarity(build(10, 0), build(*other)) == pytest.approx(expected)


def test_the_nearer_of_both_hashes_counts() -> None:
    one = build(1, 0, hash_=0b1111, mirrored=0b1100_0000)

    assert count_different_bits(one, f"{0b1110:016x}") == 1
    assert count_different_bits(one, f"{0b1100_0000:016x}") == 0


def test_a_copy_differs_in_few_bits() -> None:
    one = build(1, 0)

    assert is_copy(one, f"{2**10 - 1:016x}")
    assert not is_copy(one, f"{2**11 - 1:016x}")


def test_copies_with_three_different_bits_share_a_part_of_the_hash() -> None:
    one = build(1, 0, hash_=0x0123_4567_89AB_CDEF)
    other = build(1, 0, hash_=0x0123_4566_89AA_CDEE)

    assert set(list_bands(one)) & set(list_bands(other)) == {"0:0123"}


def test_a_mirrored_copy_has_the_same_parts() -> None:
    one = build(1, 0, hash_=0x0123_4567_89AB_CDEF, mirrored=0x1123_4567_89AB_CDEF)
    mirrored = build(1, 0, hash_=0x1123_4567_89AB_CDEF, mirrored=0x0123_4567_89AB_CDEF)

    assert list_bands(one) == list_bands(mirrored)
