"""Computes the fingerprint of a picture.

The vector is made of the classifier's logits, so it costs no network. A fixed projection onto 256
random directions keeps the angles between them (Johnson and Lindenstrauss,
https://doi.org/10.1090/conm/026/737400). The hash has the signs of the lowest 64 frequencies, as in
https://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html
"""

import base64
from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from pipeline.core.fingerprint import VECTOR_SIZE, Fingerprint
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.image import Image

_SEED = 0  # Never change it: vectors of two projections cannot be compared.
_LARGEST = 127
_HASHED_SIDE_PX = 32
_FREQUENCIES = 8


# Mirroring a picture changes the sign of every second frequency.
_MIRROR_SIGNS = np.where(np.arange(_FREQUENCIES) % 2, -1, 1)


class Hashes(NamedTuple):
    """How a picture looks, and how its mirror image looks."""

    plain: str
    mirrored: str


def compute_hashes(image: Image) -> Hashes:
    """Return both hashes of a picture.

    Call it right after the picture is decoded, while it is in the processor's caches: after a
    network it takes twice as long.
    """
    frequencies = _transform(image)
    return Hashes(_hash(frequencies), _hash(frequencies * _MIRROR_SIGNS))


def compute_fingerprint(hashes: Hashes, logits: Array) -> Fingerprint:
    """Return the fingerprint of a picture.

    Args:
        hashes: Those of the picture.
        logits: What the classifier says about it, shape (classes,).
    """
    return Fingerprint(
        vector=base64.b64encode(project(logits).tobytes()).decode(),
        hash=hashes.plain,
        mirrored_hash=hashes.mirrored,
    )


def project(logits: Array) -> npt.NDArray[np.int8]:
    """Return the direction of the logits in 256 signed bytes."""
    numbers = (logits - logits.mean()) @ _build_projection(len(logits))
    scale = _LARGEST / max(float(np.abs(numbers).max()), 1e-9)
    return np.asarray(np.rint(numbers * scale), np.int8)


@cache
def _build_projection(classes: int) -> Array:
    # numpy promises that RandomState gives the same numbers in all versions.
    signs = np.random.RandomState(_SEED).randint(0, 2, (classes, VECTOR_SIZE))
    return (2 * signs - 1).astype(np.float32)


def _transform(image: Image) -> Array:
    """Return the lowest frequencies of the picture's brightness, shape (8, 8)."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    # OpenCV averages fast only if the factor is a whole number: 0.03 ms instead of 0.5.
    medium = cv2.resize(grey, (4 * _HASHED_SIDE_PX,) * 2, interpolation=cv2.INTER_LINEAR)
    small = cv2.resize(medium, (_HASHED_SIDE_PX,) * 2, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.dct(small.astype(np.float32))[:_FREQUENCIES, :_FREQUENCIES], np.float32)


def _hash(frequencies: Array) -> str:
    """Return a bit for each frequency: whether it is above the median of all."""
    # Sorting 64 numbers takes a quarter of the time of np.median, which prepares for any shape.
    ordered = np.sort(frequencies, axis=None)
    middle = len(ordered) // 2
    above = frequencies > (ordered[middle - 1] + ordered[middle]) / 2
    return np.packbits(above.ravel()).tobytes().hex()
