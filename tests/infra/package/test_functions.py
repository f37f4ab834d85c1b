"""The functions' package holds their code, and equal code gives an equal file."""

import io
import zipfile
from pathlib import Path

from infra.package.archive import hash_file
from infra.package.functions import build_functions, zip_code
from tests.infra.package.conftest import touch_files


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
