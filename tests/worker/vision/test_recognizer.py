"""Golden photos on the real networks."""

import io
import threading
from pathlib import Path

import pytest
from PIL import Image

from pipeline.core.errors import HeicNotAcceptedError, UnsupportedFormatError
from pipeline.core.labels import BoundingBox, Label
from pipeline.core.options import Feature, Options
from pipeline.worker.vision import own as own_module
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.recognizer import Recognition, Recognizer
from pipeline.worker.vision.weights import WrongWeightsError, choose_networks
from tests.heif_files import build_file
from tests.pictures import build_quadrants, encode_turned
from tests.worker.vision.conftest import PHOTOS

DEBATABLE = {"tableware", "dining table", "table", "furniture"}
"""Labels around the espresso whose confidence is near the threshold."""


@pytest.fixture(scope="module")
def recognizer(weights: Path) -> Recognizer:
    return Recognizer(weights)


def test_a_recognizer_without_heic_decodes_none(weights: Path) -> None:
    recognizer = Recognizer(weights, accept_heic=False)

    with pytest.raises(HeicNotAcceptedError):
        recognizer.recognize_file(build_file(build_quadrants(), "HEIF"), Options())
    recognizer.recognize_file(build_file(build_quadrants(), "AVIF"), Options())


def recognize(recognizer: Recognizer, photo: str) -> Recognition:
    return recognizer.recognize_file((PHOTOS / photo).read_bytes(), Options())


def get_label(recognition: Recognition, name: str) -> Label:
    return next(label for label in recognition.labels if label.name == name)


def get_best_box(recognition: Recognition, name: str) -> BoundingBox:
    return get_label(recognition, name).instances[0].bounding_box


@pytest.mark.parametrize(
    ("photo", "expected"),
    [
        ("astronaut.jpg", {"person": 96}),
        ("cat.jpg", {"animal": 99, "cat": 97, "Egyptian cat": 60}),
        ("coffee.jpg", {"drink": 96, "coffee": 96, "espresso": 96, "cup": 94, "bowl": 64}),
        ("cows.webp", {"animal": 100, "cattle": 100, "cow": 100, "ox": 82}),
        ("dog.jpg", {"animal": 100, "dog": 100, "German Shepherd": 98}),
        ("hens.jpg", {"animal": 99, "bird": 99, "chicken": 99, "hen": 98}),
        ("kitten.jpg", {"cat": 99, "animal": 99, "Egyptian cat": 53}),
        ("palace.jpg", {"structure": 94, "building": 88, "palace": 86}),
    ],
)
def test_a_photo_has_the_labels_that_a_person_would_give(
    recognizer: Recognizer, photo: str, expected: dict[str, float]
) -> None:
    labels = {
        label.name: label.confidence
        for label in recognize(recognizer, photo).labels
        if label.name not in DEBATABLE
    }

    assert labels == pytest.approx(expected, abs=3)


@pytest.mark.parametrize(
    ("photo", "name", "box"),
    [
        ("astronaut.jpg", "person", (0.03, 0.02, 0.95, 0.97)),
        ("cat.jpg", "cat", (0.02, 0.0, 0.88, 0.99)),
        ("coffee.jpg", "cup", (0.28, 0.03, 0.41, 0.6)),
        ("cows.webp", "cow", (0.23, 0.37, 0.69, 0.55)),
        ("dog.jpg", "dog", (0.03, 0.03, 0.86, 0.93)),
        ("kitten.jpg", "cat", (0.2, 0.14, 0.8, 0.57)),
    ],
)
def test_the_best_box_lies_around_the_thing(
    recognizer: Recognizer, photo: str, name: str, box: tuple[float, float, float, float]
) -> None:
    found = get_best_box(recognize(recognizer, photo), name)

    assert (found.left, found.top, found.width, found.height) == pytest.approx(box, abs=0.05)


def test_the_result_has_size_models_and_times(recognizer: Recognizer) -> None:
    recognition = recognize(recognizer, "dog.jpg")

    assert (recognition.width, recognition.height) == (800, 600)
    names = choose_networks("onnxruntime")
    assert recognition.models["classifier"].startswith(f"{names.classifier} ")
    assert recognition.models["detector"].startswith(f"{names.detector} ")
    assert recognition.inference_ms > 0
    assert recognition.decode_ms > 0


@pytest.mark.parametrize("orientation", [3, 6])
def test_a_turned_photo_has_the_same_box(recognizer: Recognizer, orientation: int) -> None:
    with Image.open(PHOTOS / "kitten.jpg") as upright:
        # Stored so that the viewer's turn brings it back
        turn = {3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90}[orientation]
        data = encode_turned(upright.transpose(turn), "JPEG", orientation)

    recognition = recognizer.recognize_file(data, Options())

    assert (recognition.width, recognition.height) == (800, 600)
    box = get_best_box(recognition, "cat")
    assert (box.left, box.top, box.width, box.height) == pytest.approx(
        (0.2, 0.14, 0.8, 0.57), abs=0.06
    )


def test_a_huge_photo_is_recognised_like_its_small_copy(recognizer: Recognizer) -> None:
    with Image.open(PHOTOS / "dog.jpg") as small:
        huge = io.BytesIO()
        small.resize((4000, 3000), Image.Resampling.BICUBIC).save(huge, "JPEG", quality=85)

    recognition = recognizer.recognize_file(huge.getvalue(), Options())

    assert (recognition.width, recognition.height) == (4000, 3000)
    assert get_label(recognition, "dog").confidence > 95
    assert get_label(recognition, "German Shepherd").confidence > 85


def test_the_limits_of_the_request_are_applied(recognizer: Recognizer) -> None:
    data = (PHOTOS / "coffee.jpg").read_bytes()

    few = recognizer.recognize_file(data, Options(min_confidence=0, max_labels=3))
    sure = recognizer.recognize_file(data, Options(min_confidence=99.9, max_labels=20))

    assert len(few.labels) == 3
    assert sure.labels == []


class UnusedEngine:
    """Fails if a network runs."""

    def forward(self, blob: object) -> dict[str, Array]:
        raise AssertionError("A network ran")


def test_only_what_is_asked_for_is_computed(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = (PHOTOS / "coffee.jpg").read_bytes()
    both = Options(features=(Feature.LABELS, Feature.PROPERTIES))

    labels = Recognizer(weights).recognize_file(data, Options())
    everything = Recognizer(weights).recognize_file(data, both)
    monkeypatch.setattr(own_module, "open_engine", lambda *_, **__: UnusedEngine())
    properties = Recognizer(weights).recognize_file(data, Options(features=(Feature.PROPERTIES,)))

    assert labels.properties is None
    assert everything.labels == labels.labels
    assert (properties.labels, properties.models) == ([], {})
    assert properties.properties == everything.properties
    assert properties.properties is not None


def test_an_extreme_panorama_gives_an_answer(recognizer: Recognizer) -> None:
    panorama = io.BytesIO()
    Image.new("RGB", (8000, 64), (90, 120, 200)).save(panorama, "JPEG")

    recognition = recognizer.recognize_file(panorama.getvalue(), Options())

    assert (recognition.width, recognition.height) == (8000, 64)


def test_bytes_that_are_not_a_picture_raise_a_permanent_error(recognizer: Recognizer) -> None:
    with pytest.raises(UnsupportedFormatError):
        recognizer.recognize_file(b"GIF89a", Options())


def test_threads_that_share_the_networks_get_equal_results(recognizer: Recognizer) -> None:
    photos = ("dog.jpg", "coffee.jpg")
    expected = {photo: recognize(recognizer, photo).labels for photo in photos}
    found: list[bool] = []

    def work(photo: str) -> None:
        found.extend(recognize(recognizer, photo).labels == expected[photo] for _ in range(4))

    threads = [threading.Thread(target=work, args=[photo]) for photo in photos]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [True] * 8


def test_a_recognizer_names_missing_weights_at_its_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"efficientnet_lite3\w*\.onnx.*make setup"):
        Recognizer(tmp_path)


def test_weights_without_a_calibration_are_refused(weights: Path, tmp_path: Path) -> None:
    for source in weights.glob("*.onnx"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    with (tmp_path / f"{choose_networks('onnxruntime').detector}.onnx").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\0")

    with pytest.raises(WrongWeightsError, match="make setup"):
        Recognizer(tmp_path)
