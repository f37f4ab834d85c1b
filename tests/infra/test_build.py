"""Packages hold what AWS runs, and equal code gives equal files."""

import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from infra.deploy.build import build_lambdas, build_worker, find_weights, hash_file
from infra.deploy.errors import DeployError

FILES = {
    "requirements/lambdas.txt": "",
    "requirements/worker.txt": "",
    "pipeline/__init__.py": "",
    "pipeline/core/settings.py": "CORE = 1\n",
    "pipeline/core/__pycache__/settings.cpython-311.pyc": "old",
    "pipeline/lambdas/upload.py": "UPLOAD = 1\n",
    "pipeline/worker/__main__.py": "WORKER = 1\n",
    "infra/terraform/modules/workers/files/install.sh": "#!/bin/bash\n",
    "infra/terraform/modules/workers/files/lifecycle.py": "LIFECYCLE = 1\n",
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small checkout that needs no packages."""
    root = tmp_path / "repository"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content)
    return root


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    (folder / "model.onnx").write_bytes(b"weights")
    row = {"file": "model.onnx", "sha256": hash_file(folder / "model.onnx")}
    (folder / "manifest.json").write_text(json.dumps([row]))
    return folder


def test_the_functions_package_holds_their_code_only(repository: Path, tmp_path: Path) -> None:
    artefact = build_lambdas(tmp_path, repository)

    names = zipfile.ZipFile(artefact.path).namelist()
    assert "pipeline/lambdas/upload.py" in names
    assert "pipeline/core/settings.py" in names
    assert not any("worker" in name or name.endswith("cpython-311.pyc") for name in names)
    assert artefact.sha256 == hash_file(artefact.path)


def test_the_workers_package_holds_code_units_and_hashes(
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


def test_equal_code_gives_an_equal_package(repository: Path, weights: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()

    first = build_lambdas(tmp_path, repository), build_worker(tmp_path, weights, repository)
    for name in FILES:
        (repository / name).touch()
    second = build_lambdas(again, repository), build_worker(again, weights, repository)

    assert [it.sha256 for it in first] == [it.sha256 for it in second]


def test_changed_code_gives_another_package(repository: Path, tmp_path: Path) -> None:
    before = build_lambdas(tmp_path, repository)

    (repository / "pipeline/core/settings.py").write_text("CORE = 2\n")

    assert build_lambdas(tmp_path, repository).sha256 != before.sha256


def test_weights_that_were_changed_are_not_sent(weights: Path) -> None:
    (weights / "model.onnx").write_bytes(b"something else")

    with pytest.raises(DeployError, match="has changed"):
        find_weights(weights)


def test_missing_weights_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match="make setup"):
        find_weights(tmp_path)
