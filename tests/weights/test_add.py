"""`python -m pipeline.weights.add` brings a model to the workers, or says what to do."""

import functools
import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.weights.add import main
from pipeline.weights.added import int8
from pipeline.worker.vision.added import model as model_module
from pipeline.worker.vision.added.catalog import load_models
from pipeline.worker.vision.added.manifest import read_manifest
from pipeline.worker.vision.vocabulary import load_vocabulary
from tests.worker.vision.added.folders import write_classifier

MODEL_TOML = "model.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_classifier(tmp_path / "given", "mine")


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    return tmp_path / "weights"


@pytest.fixture
def server(folder: Path) -> Iterator[str]:
    """Serves the model's folder as a publisher would."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None: ...

    handler = functools.partial(Quiet, directory=str(folder.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as publisher:
        thread = threading.Thread(target=publisher.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{publisher.server_port}"
        publisher.shutdown()
        thread.join()


@pytest.fixture
def exact(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A processor that is exact in int8."""
    path = tmp_path / "cpuinfo"
    path.write_text("flags : avx_vnni")
    monkeypatch.setattr(int8, "CPU_INFO", path)
    monkeypatch.setattr(model_module, "CPU_INFO", path)


def add(source: str | Path, weights: Path) -> int:
    return main([str(source), "--weights", str(weights)])


def test_a_folder_is_checked_measured_and_put_to_the_weights(
    folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(folder, weights) == 0

    said = capsys.readouterr().out
    assert "mine fits its manifest and recognises its sample" in said
    assert "ms of one core for a picture" in said
    assert "models=spotter,mine" in said
    assert list(load_models(weights / "models", load_vocabulary().words)) == ["mine"]


def test_a_model_is_downloaded_from_the_url_of_its_manifest(
    server: str, folder: Path, weights: Path
) -> None:
    assert add(f"{server}/mine/model.toml", weights) == 0

    stored = weights / "models" / "mine"
    assert (stored / "sample.png").read_bytes() == (folder / "sample.png").read_bytes()
    assert (stored / "network.onnx").read_bytes() == (folder / "network.onnx").read_bytes()


def test_the_network_of_a_folder_is_downloaded_where_the_manifest_says(
    server: str, folder: Path, weights: Path, tmp_path: Path
) -> None:
    local = tmp_path / "local"
    local.mkdir()
    (local / "sample.png").write_bytes((folder / "sample.png").read_bytes())
    text = (folder / MODEL_TOML).read_text()
    (local / MODEL_TOML).write_text(f'url = "{server}/mine/network.onnx"\n{text}')

    assert add(local, weights) == 0
    assert (weights / "models" / "mine" / "network.onnx").is_file()


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/mine/nothing/model.toml", "404"),
        ("/mine/network.onnx", "is no model.toml"),
    ],
)
def test_what_cannot_be_downloaded_is_said(
    path: str, words: str, server: str, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add(f"{server}{path}", weights) == 1

    assert words in capsys.readouterr().err
    assert not weights.exists()


def test_a_download_without_encryption_is_refused(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("http://models.example.com/mine/model.toml", weights) == 1

    assert "Name an https URL" in capsys.readouterr().err


def test_the_sha256_is_said_to_somebody_who_has_not_written_it(
    folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = (folder / MODEL_TOML).read_text().splitlines()
    (folder / MODEL_TOML).write_text("\n".join(line for line in lines if "sha256" not in line))

    assert add(folder, weights) == 1

    found = hashlib.sha256((folder / "network.onnx").read_bytes()).hexdigest()
    assert f'sha256 = "{found}"' in capsys.readouterr().err


def test_a_wrong_model_is_not_added(
    folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "network.onnx").write_bytes(b"another")

    assert add(folder, weights) == 1

    assert "model_wrong_sha256" in capsys.readouterr().err
    assert not (weights / "models" / "mine").exists()


@pytest.mark.parametrize("missing", [MODEL_TOML, "sample.png"])
def test_a_missing_file_is_named_where_somebody_can_put_it(
    missing: str, folder: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / missing).unlink()

    assert add(folder, weights) == 1

    assert f"{folder / missing} is missing" in capsys.readouterr().err


def test_photos_that_cannot_be_opened_are_refused(
    folder: Path, weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "broken.jpg").write_bytes(b"no picture")

    assert main([str(folder), "--weights", str(weights), "--photos", str(photos)]) == 1

    assert "None of the photos can be opened" in capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(
    weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("nowhere", weights) == 1

    assert "nowhere" in capsys.readouterr().err


@pytest.mark.usefixtures("exact")
def test_an_int8_version_that_helps_is_kept_beside_the_network(
    folder: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(int8, "LEAST_GAIN", 0.0)
    monkeypatch.setattr(int8, "LEAST_AGREEMENT", 0.0)

    assert add(folder, weights) == 0

    stored = weights / "models" / "mine"
    manifest = read_manifest(stored)
    assert "int8: kept" in capsys.readouterr().out
    assert manifest.int8
    content = (stored / manifest.int8.file).read_bytes()
    assert hashlib.sha256(content).hexdigest() == manifest.int8.sha256
    assert content != (stored / "network.onnx").read_bytes()


@pytest.mark.usefixtures("exact")
@pytest.mark.parametrize(("limit", "value"), [("LEAST_GAIN", 1e9), ("LEAST_AGREEMENT", 1.1)])
def test_an_int8_version_that_does_not_help_is_not_kept(
    limit: str,
    value: float,
    folder: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(int8, limit, value)

    assert add(folder, weights) == 0

    assert "int8: not kept" in capsys.readouterr().out
    assert read_manifest(weights / "models" / "mine").int8 is None


def test_int8_is_not_tried_on_a_processor_that_is_not_exact(
    folder: Path,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text("flags : avx2")
    monkeypatch.setattr(int8, "CPU_INFO", path)
    monkeypatch.setattr("platform.machine", lambda: "x86_64")

    assert add(folder, weights) == 0

    assert "int8: not tried" in capsys.readouterr().out
