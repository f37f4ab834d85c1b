"""Fitting to a small folder of labelled pictures that is made from the demo photos."""

import json
import shutil
from pathlib import Path

import pytest

from infra.local.layout import PHOTOS
from pipeline.weights.calibrate_confidence import judge_boxes, main
from pipeline.weights.pictures import Thing
from pipeline.worker.vision.confidence import load_calibration
from pipeline.worker.vision.detector import Detection

NAMED = {"n02106662": "dog.jpg", "n07920052": "coffee.jpg"}
BOXED = {"cat.jpg": "15 0.46 0.5 0.88 0.99", "astronaut.jpg": "0 0.5 0.5 0.95 0.97"}


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "pictures"
    for kind in ("images", "labels"):
        (folder / "boxed" / kind).mkdir(parents=True)
    for photo, line in BOXED.items():
        shutil.copy(PHOTOS / photo, folder / "boxed" / "images")
        (folder / "boxed" / "labels" / photo).with_suffix(".txt").write_text(line)
    for synset, photo in NAMED.items():
        (folder / "named" / synset).mkdir(parents=True)
        shutil.copy(PHOTOS / photo, folder / "named" / synset)
    return folder


def test_the_fitted_numbers_can_be_loaded(
    weights: Path, pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "confidence.json"

    arguments = [str(pictures), "--weights", str(weights), "--output", str(output)]
    assert main(arguments) == 0

    calibration = load_calibration(output)
    assert 0.5 <= calibration.temperature <= 1.5
    for maps in (calibration.fast, calibration.fine):
        assert maps.label.score > 0
        assert maps.box.score > 0
    assert calibration.fast != calibration.fine
    assert json.loads(output.read_text())["source"].startswith("2 boxed and 2 named pictures")
    assert "from held-out boxed pictures" in capsys.readouterr().out


def test_a_folder_without_named_pictures_is_refused(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "confidence.json"

    assert main([str(pictures / "boxed"), "--output", str(output)]) == 1

    assert "has 2 boxed and 0 named pictures; both are needed" in capsys.readouterr().err
    assert not output.exists()


def test_a_thing_is_found_once_and_only_under_its_name() -> None:
    box = (0.1, 0.1, 0.5, 0.5)
    detections = [
        Detection("cup", 0.9, box),
        Detection("cat", 0.8, box),
        Detection("cat", 0.7, box),
    ]

    assert judge_boxes(detections, [Thing("cat", box)]) == [False, True, False]
