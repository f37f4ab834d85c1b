"""The command as people run it: one readable message and exit code 1, never a traceback."""

import subprocess
import sys
import venv
from pathlib import Path

import pytest

from pipeline.weights import prepare
from pipeline.weights.__main__ import PROJECT, main

LIMITED = (
    "import resource, sys; from pipeline.weights.__main__ import main;"
    "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000));"
    "sys.exit(main(sys.argv[1:]))"
)
"""Stands in for a disk that fills up while the file is written: the write itself fails."""


def run(python: Path | str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )


def test_the_command_succeeds_and_keeps_stdout_for_its_caller(weights: Path) -> None:
    result = run(sys.executable, "-m", "pipeline.weights", "--output", str(weights))

    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr == f"Weights are ready in {weights}\n"


def test_the_environment_may_name_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").touch()
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path / "mine"))

    code = main([])

    assert code == 1
    assert f"{tmp_path / 'mine'} cannot be used" in capsys.readouterr().err


def test_missing_packages_end_with_a_message(tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)

    result = run(
        tmp_path / "bare" / "bin" / "python", "-m", "pipeline.weights", "--output", str(tmp_path)
    )

    assert result.returncode == 1
    assert result.stderr.startswith("The weights are not ready. Python packages are missing: cv2,")
    assert "onnx, onnxruntime, tflite. Run `make setup`" in result.stderr


def test_a_write_that_fails_midway_ends_with_a_message_and_leaves_no_network(
    folder: Path,
) -> None:
    result = run(sys.executable, "-c", LIMITED, "--output", str(folder))

    assert result.returncode == 1
    assert "cannot be used: File too large. Make room" in result.stderr
    assert "Traceback" not in result.stderr
    assert list(folder.glob("*.onnx")) == list(folder.glob("*.part")) == []


def test_a_folder_that_is_a_file_ends_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    code = main(["--output", str(tmp_path / "file")])

    assert code == 1
    assert "cannot be used: File exists" in capsys.readouterr().err


def test_a_full_disk_ends_with_a_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepare, "NEEDED_BYTES", 10**18)

    code = main(["--output", str(tmp_path)])

    assert code == 1
    assert "Make room, or choose another folder" in capsys.readouterr().err
