"""The package of the worker: what an instance installs at its start."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

from infra.package.archive import Artefact, describe_file, hash_file, write_tar
from infra.package.errors import PackageError
from infra.package.stage import CORE, compile_code, copy_code, install
from infra.repository import REPOSITORY

UNITS = "infra/terraform/modules/workers/files"


def build_worker(folder: Path, weights: Path, repository: Path = REPOSITORY) -> Artefact:
    """Build `worker.tar.gz` in `folder` for AWS: code, packages, systemd units, weights' hashes."""
    path = folder / "worker.tar.gz"
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        install(repository / "requirements/worker.txt", stage / "site")
        copy_code([*CORE, "pipeline/worker"], repository, stage)
        shutil.copytree(repository / UNITS, stage / "units")
        shutil.move(stage / "units/install.sh", stage / "install.sh")
        lines = [f"{sha256}  {name}\n" for name, sha256 in find_weights(weights).items()]
        (stage / "weights.sha256").write_text("".join(lines))
        compile_code(stage)
        write_tar(stage, path)
    return describe_file(path)


def find_weights(folder: Path) -> dict[str, str]:
    """The weights' file names and SHA-256 sums: as `make setup` recorded them, and added models.

    Raises:
        PackageError: A file is missing or is not the one that was recorded.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise PackageError(f"There are no weights in {folder}. Run make setup first.")
    found = {row["file"]: row["sha256"] for row in json.loads(manifest.read_text())}
    for name, sha256 in found.items():
        path = folder / name
        if not path.is_file() or hash_file(path) != sha256:
            raise PackageError(
                f"{path} is missing or has changed. Delete {folder} and run make setup again."
            )
    return dict(sorted((found | _find_added(folder)).items()))


def _find_added(folder: Path) -> dict[str, str]:
    """The files of added models by their path below `folder`. A worker checks them at its start."""
    models = folder / "models"
    return {
        path.relative_to(folder).as_posix(): hash_file(path)
        for path in models.glob("*/*")
        if path.is_file()
    }
