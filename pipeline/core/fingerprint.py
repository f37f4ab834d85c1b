"""A fingerprint of a picture, and how alike two of them are.

- The vector tells what a picture shows: two photos of dogs are near each other.
- The hash tells how it looks: the same photo, resized or compressed again, differs in few bits.
  The hash of the mirrored picture finds mirrored copies.
"""

import base64
import math
import struct

from pydantic import Field

from pipeline.core.labels import ApiModel

VECTOR_SIZE = 256
HASH_BITS = 64

ALIKE_BITS = 10
"""Copies of one photo differ in at most so many bits of their hashes."""

BANDS = 4
"""Parts of a hash. Two hashes that differ in fewer bits than this have one part in common."""


class Fingerprint(ApiModel):
    """Numbers that find similar pictures and copies of the same one."""

    vector: str = Field(
        description=f"What the picture shows: {VECTOR_SIZE} signed bytes in Base64. The cosine of"
        " two vectors is near 1 for similar pictures and near 0 for unrelated ones. Compare only"
        " vectors of the same classifier.",
        examples=["f4EAQL8="],
        json_schema_extra={"format": "byte"},
    )
    hash: str = Field(
        description=f"How the picture looks: {HASH_BITS} bits, hexadecimal. Copies of one photo"
        f" differ in at most about {ALIKE_BITS} bits, also if they were resized or compressed.",
        examples=["d1c4a7390f5be268"],
        pattern=r"^[0-9a-f]{16}$",
    )
    mirrored_hash: str = Field(
        description="The hash of the mirrored picture. Compare it with `hash` of the other one to"
        " find mirrored copies.",
        examples=["84910d6ca50e4bc2"],
        pattern=r"^[0-9a-f]{16}$",
    )


def similarity(one: Fingerprint, other: Fingerprint) -> float:
    """Return the cosine of two vectors: how alike the things in both pictures are, in [-1, 1]."""
    numbers, others = _decode(one.vector), _decode(other.vector)
    product = sum(a * b for a, b in zip(numbers, others, strict=True))
    lengths = math.sqrt(sum(a * a for a in numbers) * sum(b * b for b in others))
    return product / lengths if lengths else 0.0


def count_different_bits(one: Fingerprint, other_hash: str) -> int:
    """Return how many bits of the hashes differ, of a mirrored copy if that is nearer."""
    target = int(other_hash, 16)
    return min((int(each, 16) ^ target).bit_count() for each in (one.hash, one.mirrored_hash))


def is_copy(one: Fingerprint, other_hash: str) -> bool:
    """Return whether both are the same photo, also resized, compressed again or mirrored."""
    return count_different_bits(one, other_hash) <= ALIKE_BITS


def list_bands(fingerprint: Fingerprint) -> list[str]:
    """Return the parts of a picture's hash with their places: what an index finds copies by.

    A picture and its mirror image have the same parts, because the smaller of both hashes counts.
    """
    smaller = min(fingerprint.hash, fingerprint.mirrored_hash)
    size = len(smaller) // BANDS
    return [f"{band}:{smaller[band * size : (band + 1) * size]}" for band in range(BANDS)]


def _decode(vector: str) -> tuple[int, ...]:
    return struct.unpack(f"{VECTOR_SIZE}b", base64.b64decode(vector))
