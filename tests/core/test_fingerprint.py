"""How alike two fingerprints are."""

import base64
import struct

import pytest

from pipeline.core.fingerprint import (
    VECTOR_SIZE,
    Fingerprint,
    count_different_bits,
    is_copy,
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

    assert count_different_bits(one, build(1, 0, hash_=0b1110)) == 1
    assert count_different_bits(one, build(1, 0, hash_=0b1100_0000)) == 0


def test_a_copy_differs_in_few_bits() -> None:
    one = build(1, 0)

    assert is_copy(one, build(1, 0, hash_=2**10 - 1))
    assert not is_copy(one, build(1, 0, hash_=2**11 - 1))
