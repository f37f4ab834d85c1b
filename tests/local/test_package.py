"""The code package of the functions."""

import io
import zipfile
from pathlib import Path

from infra.local.resources.package import build_package, compute_sha256


def list_files(package: bytes) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(package)).namelist()


def build_repository(folder: Path) -> Path:
    for name in ("pipeline/__init__.py", "pipeline/core/labels.py", "pipeline/lambdas/upload.py"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    return folder


def test_it_has_the_functions_and_what_they_share_and_nothing_else() -> None:
    files = list_files(build_package())

    assert {"pipeline/core/queue.py", "pipeline/lambdas/app.py"} <= set(files)
    assert all(name.startswith(("pipeline/core/", "pipeline/lambdas/")) for name in files[1:])
    assert not [name for name in files if "__pycache__" in name]


def test_equal_code_makes_an_equal_package(tmp_path: Path) -> None:
    first = build_package(build_repository(tmp_path / "first"))

    second = build_package(build_repository(tmp_path / "second"))

    assert compute_sha256(first) == compute_sha256(second)


def test_changed_code_makes_another_package(tmp_path: Path) -> None:
    repository = build_repository(tmp_path)
    before = build_package(repository)

    (repository / "pipeline/lambdas/upload.py").write_text("changed")

    assert compute_sha256(build_package(repository)) != compute_sha256(before)
