"""`python -m pipeline.worker.vision`: labels of files, without AWS."""

import json
import os
import subprocess
import sys
from pathlib import Path

import cv2
import pytest

from pipeline.worker.vision.__main__ import main
from tests.worker.vision.conftest import PHOTOS, ROOT

CAT = PHOTOS / "cat.jpg"


@pytest.fixture(autouse=True)
def _weights(weights: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHTS_DIR", str(weights))


def test_the_labels_of_a_picture_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(CAT)]) == 0

    head, *labels = capsys.readouterr().out.splitlines()
    assert head.startswith(f"{CAT}: 451 x 300 px")
    assert any(" cat  (" in label and label.strip()[0].isdigit() for label in labels)


def test_each_picture_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", str(CAT), str(PHOTOS / "dog.jpg")]) == 0

    cat, dog = map(json.loads, capsys.readouterr().out.splitlines())
    assert "cat" in {label["name"] for label in cat["labels"]}
    assert "dog" in {label["name"] for label in dog["labels"]}
    assert cat["labels"][0].keys() == {"name", "confidence", "parents", "aliases", "instances"}


def test_an_annotated_copy_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--draw", str(tmp_path / "out"), str(CAT)]) == 0

    copy = tmp_path / "out" / "cat.jpg"
    drawn, photo = cv2.imread(str(copy)), cv2.imread(str(CAT))
    assert drawn is not None
    assert photo is not None
    assert (cv2.absdiff(drawn, photo) > 100).any()
    assert f"annotated copy: {copy}" in capsys.readouterr().out


def test_the_options_limit_the_labels(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--max-labels", "1", str(CAT)]) == 0
    assert main(["--min-confidence", "100", str(CAT)]) == 0

    _, one, _, none = capsys.readouterr().out.splitlines()
    assert "%" in one
    assert none == "  no label is confident enough"


def test_the_other_pictures_are_printed_if_one_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")

    exit_code = main([str(tmp_path / "none.jpg"), str(text), str(tmp_path), str(CAT)])

    out, err = capsys.readouterr()
    assert exit_code == 1
    assert str(CAT) in out
    missing, unreadable, folder = err.splitlines()
    assert missing == f"{tmp_path / 'none.jpg'} does not exist. Check the path."
    assert unreadable.startswith(f"{text}: The file is not a JPEG")
    assert unreadable.endswith("(unsupported_format)")
    assert folder == f"{tmp_path}: Is a directory. Check its path and permissions."


def test_the_command_names_missing_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--weights", str(tmp_path), str(CAT)]) == 1

    assert "are missing. Run `make setup`." in capsys.readouterr().err


def test_the_command_names_wrong_weights(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in weights.glob("*.onnx"):
        (tmp_path / path.name).write_bytes(path.read_bytes() + b"x")

    assert main(["--weights", str(tmp_path), str(CAT)]) == 1

    assert "Delete it and run `make setup`." in capsys.readouterr().err


def test_the_command_imports_no_aws_client(weights: Path) -> None:
    code = (
        "import runpy, sys; sys.argv = sys.argv[1:]\n"
        "try: runpy.run_module('pipeline.worker.vision', run_name='__main__')\n"
        "finally: assert not {'boto3', 'botocore', 'pynamodb'} & set(sys.modules)\n"
    )
    command = [sys.executable, "-c", code, "vision", str(CAT)]

    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "WEIGHTS_DIR": str(weights)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "cat" in done.stdout
