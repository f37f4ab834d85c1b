"""The required and the optional variables of a worker."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.core.errors import HeicNotAcceptedError
from pipeline.core.images import read_header
from pipeline.core.options import Options
from pipeline.worker import settings as worker_settings
from pipeline.worker.__main__ import load_recognizer
from pipeline.worker.settings import WorkerSettings
from tests.heif_files import build_file
from tests.pictures import build_quadrants
from tests.worker.vision.conftest import WEIGHTS


def test_weights_are_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEIGHTS_DIR", raising=False)

    with pytest.raises(ValidationError, match="weights_dir"):
        WorkerSettings()


def test_a_folder_that_does_not_exist_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path / "missing"))

    with pytest.raises(ValidationError, match="weights_dir"):
        WorkerSettings()


def test_all_other_settings_have_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path))

    settings = WorkerSettings()

    assert settings.concurrency >= 1
    assert settings.worker_name.endswith(f"-{os.getpid()}")


def test_heic_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEIGHTS_DIR", str(WEIGHTS))
    monkeypatch.setenv("ACCEPT_HEIC", "false")

    recognize = load_recognizer(WorkerSettings())

    heic = build_file(build_quadrants(), "HEIF")
    with pytest.raises(HeicNotAcceptedError):
        recognize(heic, read_header(heic), Options())


@pytest.mark.parametrize(("name", "value"), [("CONCURRENCY", "0"), ("LOG_LEVEL", "LOUD")])
def test_an_invalid_value_is_refused_and_its_variable_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, value: str
) -> None:
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path))
    monkeypatch.setenv(name, value)

    with pytest.raises(ValidationError, match=name.lower()):
        WorkerSettings()


@pytest.mark.parametrize(
    ("machine_mb", "cores", "limit_mb"), [(2048, 2, 1536), (8192, 2, 3072), (16384, 8, 9216)]
)
def test_the_memory_limit_is_at_most_three_quarters_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, machine_mb: int, cores: int, limit_mb: int
) -> None:
    sizes = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": machine_mb * 256}
    monkeypatch.setattr(os, "sysconf", sizes.get)
    monkeypatch.setattr(worker_settings, "count_cores", lambda: cores)

    assert worker_settings.choose_memory_limit() == limit_mb
