"""The worker's package holds what an instance installs, and equal code gives an equal file."""

import json
import tarfile
from pathlib import Path

import pytest

from infra.package.archive import hash_file
from infra.package.errors import PackageError
from infra.package.worker import build_worker, find_weights
from tests.infra.package.conftest import touch_files


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    row = {"file": "model.onnx", "sha256": hash_file(folder / "model.onnx")}
    (folder / "manifest.json").write_text(json.dumps([row]))
    return folder


def test_the_package_holds_code_units_and_hashes(
    repository: Path, weights: Path, tmp_path: Path
) -> None:
    artefact = build_worker(tmp_path, weights, repository)

    with tarfile.open(artefact.path) as archive:
        names = set(archive.getnames())
        hashes = archive.extractfile("weights.sha256")
        assert hashes is not None
        assert hashes.read().decode() == f"{hash_file(weights / 'model.onnx')}  model.onnx\n"
    assert {"install.sh", "units/lifecycle.py", "pipeline/worker/__main__.py"} <= names
    assert not any("lambdas" in name or name.endswith(".onnx") for name in names)
    assert artefact.sha256 == hash_file(artefact.path)


def test_equal_code_gives_an_equal_package(repository: Path, weights: Path, tmp_path: Path) -> None:
    first = build_worker(tmp_path, weights, repository)
    touch_files(repository)

    second = build_worker(tmp_path, weights, repository)

    assert first.sha256 == second.sha256


def test_the_files_of_added_models_are_packaged_with_their_folders(weights: Path) -> None:
    added = weights / "models" / "mine"
    added.mkdir(parents=True)
    (added / "model.toml").write_text("name")
    (added / "cache").mkdir()

    found = find_weights(weights)

    assert list(found) == ["model.onnx", "models/mine/model.toml"]
    assert found["models/mine/model.toml"] == hash_file(added / "model.toml")


def test_changed_weights_are_not_packaged(weights: Path) -> None:
    (weights / "model.onnx").write_bytes(b"something else")

    with pytest.raises(PackageError, match="has changed"):
        find_weights(weights)


def test_the_error_of_a_missing_weights_file_says_what_to_do(weights: Path) -> None:
    (weights / "model.onnx").unlink()

    with pytest.raises(PackageError, match="make setup"):
        find_weights(weights)


def test_the_error_of_missing_weights_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="make setup"):
        find_weights(tmp_path)
