"""Computes the fingerprint of a picture.

The vector is made of the classifier's logits, so it costs no network. A fixed projection onto 256
random directions keeps the angles between them (Johnson and Lindenstrauss,
https://doi.org/10.1090/conm/026/737400). The hash has the signs of the lowest 64 frequencies, as in
https://www.hackerfactor.com/blog/index.php?/archives/432-Looks-Like-It.html
"""

import base64
from functools import cache

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


def compute_fingerprint(image: Image, logits: Array) -> Fingerprint:
    """Return the fingerprint of a picture.

    Args:
        image: The picture.
        logits: What the classifier says about it, shape (classes,).
    """
    frequencies = _transform(image)
    # Mirroring a picture changes the sign of every second frequency.
    signs = np.where(np.arange(_FREQUENCIES) % 2, -1, 1)
    return Fingerprint(
        vector=base64.b64encode(project(logits).tobytes()).decode(),
        hash=_hash(frequencies),
        mirrored_hash=_hash(frequencies * signs),
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
    above = frequencies > np.median(frequencies)
    return np.packbits(above.ravel()).tobytes().hex()
