"""Packages for AWS, built on any machine: equal code gives an equal file, named by its hash."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.deploy.botocore_data import keep_services
from infra.deploy.errors import DeployError

REPOSITORY = Path(__file__).parents[2]

# Lambda's python3.13 and Amazon Linux 2023, both on Graviton
PYTHON = "3.13"
ON_AWS = ("--python-platform", "aarch64-manylinux_2_34", "--python-version", PYTHON)
ON_THIS_MACHINE = ("--python", sys.executable)
"""Where packages are to run, for `install`."""

CORE = ("pipeline/__init__.py", "pipeline/core")
UNITS = "infra/terraform/modules/workers/files"
SERVICES = frozenset({"dynamodb", "s3", "sqs", "xray"})
"""What the functions call, the tracer included."""

FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # The first that a zip can hold


@dataclass(frozen=True)
class Artefact:
    """A built file."""

    path: Path
    sha256: str


def build_lambdas(folder: Path, repository: Path = REPOSITORY) -> Artefact:
    """The one package of all functions: `lambdas.zip` in `folder`."""
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        stage_lambdas(stage, repository)
        compile_code(stage, find_python())
        path = folder / "lambdas.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in _read_files(stage):
                info = zipfile.ZipInfo(name, FIXED_TIME)
                info.external_attr = 0o644 << 16
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, data)
    return Artefact(path, hash_file(path))


def stage_lambdas(
    stage: Path, repository: Path = REPOSITORY, target: Sequence[str] = ON_AWS
) -> None:
    """Put all that the functions' package holds into a folder, except for bytecode."""
    install(repository / "requirements/lambdas.txt", stage, target)
    keep_services(stage / "botocore/data", SERVICES)
    copy_code([*CORE, "pipeline/lambdas"], repository, stage)


def build_worker(folder: Path, weights: Path, repository: Path = REPOSITORY) -> Artefact:
    """What an instance installs: code, packages, units, and the hashes of its weights."""
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        install(repository / "requirements/worker.txt", stage / "site")
        copy_code([*CORE, "pipeline/worker"], repository, stage)
        shutil.copytree(repository / UNITS, stage / "units")
        shutil.move(stage / "units/install.sh", stage / "install.sh")
        lines = [f"{sha256}  {name}\n" for name, sha256 in find_weights(weights).items()]
        (stage / "weights.sha256").write_text("".join(lines))
        compile_code(stage, find_python())
        path = folder / "worker.tar.gz"
        with (
            path.open("wb") as raw,
            # Without the time of day, so that equal content is an equal file
            gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            for name, data in _read_files(stage):
                info = tarfile.TarInfo(name)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return Artefact(path, hash_file(path))


def find_weights(folder: Path) -> dict[str, str]:
    """The weights' file names and hashes, as their set-up recorded them.

    Raises:
        DeployError: They are missing, or not those that were recorded.
    """
    manifest = folder / "manifest.json"
    if not manifest.is_file():
        raise DeployError(f"There are no weights in {folder}. Run make setup first.")
    found = {row["file"]: row["sha256"] for row in json.loads(manifest.read_text())}
    for name, sha256 in found.items():
        if hash_file(folder / name) != sha256:
            raise DeployError(f"{folder / name} has changed. Delete it and run make setup again.")
    return dict(sorted(found.items()))


def install(lock: Path, folder: Path, target: Sequence[str] = ON_AWS) -> None:
    """Install the locked packages for AWS's Python and processor, whatever ours are."""
    folder.mkdir(parents=True, exist_ok=True)
    # Copies: a link would lead what is changed here into uv's cache, and so into other packages.
    command = ["pip", "install", "--quiet", "--require-hashes", "--no-deps", "--link-mode", "copy"]
    wheels = ["--only-binary", ":all:"]
    uv = Path(sys.executable).with_name("uv")
    done = subprocess.run(
        [uv, *command, *target, *wheels, "--target", folder, "--requirement", lock]
    )
    if done.returncode:
        raise DeployError(f"The packages of {lock.name} could not be installed; see above.")
    shutil.rmtree(folder / "bin", ignore_errors=True)  # Scripts that name our own interpreter
    (folder / ".lock").unlink(missing_ok=True)


def copy_code(paths: Iterable[str], repository: Path, target: Path) -> None:
    """Copy modules of ours, without what Python and tests left beside them."""
    for path in paths:
        source, copy = repository / path, target / path
        copy.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        else:
            shutil.copy(source, copy)


def compile_code(folder: Path, python: str | None) -> None:
    """Add bytecode that stays valid in the package: importing without it takes twice as long.

    It fits one version of Python only. Without that one here the package still works.
    """
    if python is None:
        sys.stderr.write(
            f"No python{PYTHON} here: packages go without bytecode, cold starts wait.\n"
        )
        return
    mode = ["--invalidation-mode", "unchecked-hash", "-qq", "-s", str(folder)]
    # Packages carry templates that are no Python: what cannot be compiled is left as it is.
    subprocess.run([python, "-m", "compileall", *mode, str(folder)])


def find_python() -> str | None:
    """A Python of AWS's version on this machine."""
    known = shutil.which(f"python{PYTHON}")
    # Version managers keep one version beside the other.
    beside = Path(sys.base_prefix).parent.glob(f"*{PYTHON}*/bin/python{PYTHON}")
    for python in [*([known] if known else []), *map(str, beside)]:
        # The name may be a version manager's, which has no such version.
        if subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            return python
    return None


def hash_file(path: Path) -> str:
    """SHA-256, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
