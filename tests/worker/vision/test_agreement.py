"""Both engines give the same labels for the golden photos. So does a reduced decode."""

import io
from pathlib import Path

import cv2
import pytest
from PIL import Image as Picture

from pipeline.core.labels import BoundingBox, Label
from pipeline.core.options import Options
from pipeline.worker.vision import pixels
from pipeline.worker.vision.recognizer import Recognizer
from pipeline.worker.vision.weights import EngineName
from tests.worker.vision.conftest import PHOTOS

THRESHOLD = 50
POINTS = 8
"""Largest allowed difference of two confidences. Measured: 6.8 for the Egyptian cat, else 2.8."""
SURE_BOX = 60
"""Confidence from which both engines find a box. Below it they differ: a third hen has 56 in OpenCV
with float32 and less than 30 in ONNX Runtime with int8."""
LEAST_OVERLAP = 0.9
"""Least intersection over union of two boxes. Measured: 0.96."""

REDUCED_POINTS = 8
"""Largest change of a confidence by a reduced decode. Measured: 6.5, for the breed of the ox."""

GOLDEN = sorted(path for path in PHOTOS.iterdir() if path.suffix in (".jpg", ".webp"))


@pytest.fixture(scope="module")
def recognizers(weights: Path) -> dict[EngineName, Recognizer]:
    return {
        "onnxruntime": Recognizer(weights, engine="onnxruntime"),
        "opencv": Recognizer(weights, engine="opencv"),
    }


@pytest.mark.parametrize("photo", GOLDEN, ids=lambda photo: photo.stem)
def test_the_engines_agree(recognizers: dict[EngineName, Recognizer], photo: Path) -> None:
    ours, theirs = (
        {
            label.name: label
            for label in recognizers[engine]
            .recognize_file(photo.read_bytes(), Options(min_confidence=THRESHOLD, max_labels=50))
            .labels
        }
        for engine in ("onnxruntime", "opencv")
    )

    assert ours.keys() == theirs.keys()
    for name, label in ours.items():
        assert label.confidence == pytest.approx(theirs[name].confidence, abs=POINTS), name
        assert_boxes_agree(label, theirs[name])


def assert_boxes_agree(label: Label, other: Label) -> None:
    """Compare the boxes that an engine is sure of."""
    ours, theirs = (
        [place for place in found.instances if place.confidence >= SURE_BOX]
        for found in (label, other)
    )
    assert len(ours) == len(theirs), label.name
    for instance in ours:
        overlaps = [measure_overlap(instance.bounding_box, their.bounding_box) for their in theirs]
        assert max(overlaps) >= LEAST_OVERLAP, label.name


def measure_overlap(box: BoundingBox, other: BoundingBox) -> float:
    """Intersection over union."""
    width = min(box.left + box.width, other.left + other.width) - max(box.left, other.left)
    height = min(box.top + box.height, other.top + other.height) - max(box.top, other.top)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (box.width * box.height + other.width * other.height - shared)


def test_a_reduced_decode_gives_the_labels_of_a_full_one(
    recognizers: dict[EngineName, Recognizer], monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = [enlarge(photo) for photo in GOLDEN]
    reduced = [rate_all_labels(recognizers["onnxruntime"], photo) for photo in photos]
    monkeypatch.setattr(pixels, "_REDUCED_FLAGS", {1: cv2.IMREAD_COLOR})

    full = [rate_all_labels(recognizers["onnxruntime"], photo) for photo in photos]

    for ours, theirs in zip(reduced, full, strict=True):
        names = {name for found in (ours, theirs) for name in found if found[name] >= THRESHOLD}
        for name in names:
            assert ours.get(name) == pytest.approx(theirs.get(name), abs=REDUCED_POINTS), name


def enlarge(photo: Path) -> bytes:
    """The photo with so many pixels that a JPEG's decoder reduces them."""
    with Picture.open(photo) as small:
        large = small.convert("RGB").resize((2400, 1800), Picture.Resampling.BICUBIC)
    file = io.BytesIO()
    large.save(file, "JPEG", quality=90)
    return file.getvalue()


def rate_all_labels(recognizer: Recognizer, photo: bytes) -> dict[str, float]:
    found = recognizer.recognize_file(photo, Options(min_confidence=0, max_labels=2000))
    return {label.name: label.confidence for label in found.labels}
