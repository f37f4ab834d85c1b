"""The functions' package holds their code, and equal code gives an equal file."""

import io
import zipfile
from pathlib import Path

import pytest

from infra.local.resources.functions import FUNCTIONS
from infra.package.archive import hash_file
from infra.package.functions import build_functions, stage_functions, zip_code
from infra.package.stage import HERE
from tests.infra.package.conftest import touch_files
from tools.bench.functions import import_function


def list_files(archive: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive)).namelist()


def test_the_package_holds_the_functions_code_only(repository: Path, tmp_path: Path) -> None:
    artefact = build_functions(tmp_path, repository)

    names = list_files(artefact.path.read_bytes())
    assert "pipeline/lambdas/upload.py" in names
    assert "pipeline/core/settings.py" in names
    assert not any("worker" in name or name.endswith("cpython-311.pyc") for name in names)
    assert artefact.sha256 == hash_file(artefact.path)


def test_equal_code_gives_an_equal_package(repository: Path, tmp_path: Path) -> None:
    first, code = build_functions(tmp_path, repository), zip_code(repository)
    touch_files(repository)

    second = build_functions(tmp_path, repository)

    assert first.sha256 == second.sha256
    assert zip_code(repository) == code


def test_changed_code_gives_another_package(repository: Path, tmp_path: Path) -> None:
    first, code = build_functions(tmp_path, repository), zip_code(repository)

    (repository / "pipeline/core/settings.py").write_text("CORE = 2\n")

    assert build_functions(tmp_path, repository).sha256 != first.sha256
    assert zip_code(repository) != code


def test_the_code_alone_has_no_packages_and_no_bytecode() -> None:
    names = list_files(zip_code())

    assert {"pipeline/core/errors.py", "pipeline/lambdas/app.py"} <= set(names)
    own = ("pipeline/__init__.py", "pipeline/core/", "pipeline/lambdas/")
    assert all(name.startswith(own) and not name.endswith(".pyc") for name in names)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The functions' package for this machine."""
    folder = tmp_path_factory.mktemp("stage")
    stage_functions(folder, HERE)
    return folder


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_needs_nothing_but_its_package(name: str, stage: Path) -> None:
    assert import_function(name, stage) > 0
