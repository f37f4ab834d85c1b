"""Fingerprints of real photos, of their copies and of other photos."""

import io
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageOps

from pipeline.core.fingerprint import (
    Fingerprint,
    count_different_bits,
    is_copy,
    list_bands,
    similarity,
)
from pipeline.core.options import Feature, Options
from pipeline.worker.vision.fingerprint import project
from pipeline.worker.vision.recognizer import Recognizer
from tests.worker.vision.conftest import PHOTOS

NAMES = ("astronaut.jpg", "cat.jpg", "coffee.jpg", "dog.jpg", "hens.jpg", "kitten.jpg")

Change = Callable[[Image.Image], Image.Image]


@pytest.fixture(scope="module")
def recognizer(weights: Path) -> Recognizer:
    return Recognizer(weights)


@pytest.fixture(scope="module")
def originals(recognizer: Recognizer) -> dict[str, Fingerprint]:
    return {name: take(recognizer, (PHOTOS / name).read_bytes()) for name in NAMES}


def take(recognizer: Recognizer, data: bytes) -> Fingerprint:
    found = recognizer.recognize_file(data, Options()).fingerprint
    assert found is not None
    return found


def copy(name: str, change: Change, quality: int) -> bytes:
    with Image.open(PHOTOS / name) as photo:
        changed = change(photo.convert("RGB"))
    file = io.BytesIO()
    changed.save(file, "JPEG", quality=quality)
    return file.getvalue()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("change", "quality"),
    [
        (lambda photo: photo, 30),
        (lambda photo: photo.resize((photo.width // 2, photo.height // 2)), 90),
        (ImageOps.mirror, 90),
        (lambda photo: ImageEnhance.Brightness(photo).enhance(1.2), 90),
    ],
    ids=["compressed", "resized", "mirrored", "brighter"],
)
def test_a_copy_of_a_photo_is_recognised(
    recognizer: Recognizer,
    originals: dict[str, Fingerprint],
    name: str,
    change: Change,
    quality: int,
) -> None:
    copied = take(recognizer, copy(name, change, quality))

    assert is_copy(originals[name], copied.hash)
    # What the index finds copies by
    assert set(list_bands(originals[name])) & set(list_bands(copied))
    nearest = max(originals, key=lambda other: similarity(originals[other], copied))
    assert nearest == name
    assert similarity(originals[name], copied) > 0.8


def test_other_photos_are_no_copies(originals: dict[str, Fingerprint]) -> None:
    for one, other in combinations(originals.values(), 2):
        assert count_different_bits(one, other.hash) > 12


def test_photos_of_cats_are_nearer_to_each_other_than_to_a_coffee(
    originals: dict[str, Fingerprint],
) -> None:
    cats = similarity(originals["cat.jpg"], originals["kitten.jpg"])

    assert cats > 0.2 + similarity(originals["cat.jpg"], originals["coffee.jpg"])


def test_without_labels_there_is_no_fingerprint(recognizer: Recognizer) -> None:
    options = Options(features=(Feature.PROPERTIES,))

    found = recognizer.recognize_file((PHOTOS / "cat.jpg").read_bytes(), options)

    assert found.fingerprint is None


def test_the_projection_never_changes() -> None:
    """Stored vectors are compared with those of later releases."""
    logits = np.zeros(1000, np.float32)
    logits[0] = 1000

    signs = project(logits) > 0

    assert "".join(str(int(sign)) for sign in signs[:16]) == "0110111111100100"
