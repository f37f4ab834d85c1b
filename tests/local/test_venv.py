"""The separate environments."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local import venv
from infra.local.errors import LocalError


def test_a_package_that_cannot_be_installed_is_reported_and_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(f"nothing @ file://{tmp_path}/nothing.whl --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(venv, "LOCAL_AWS_LOCK", lock)
    monkeypatch.setattr(venv, "CACHE", tmp_path)

    with pytest.raises(LocalError, match="could not be installed") as caught:
        venv.install_local_aws()

    assert "start again" in caught.value.next_step
    assert list(tmp_path.glob("*/.complete")) == []


def test_two_systems_that_start_at_once_install_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv, "CACHE", tmp_path)
    locks: list[Path] = []
    began, collided = threading.Event(), threading.Event()

    def install(lock: Path, *, python: Path, folder: Path) -> None:
        if began.is_set():
            collided.set()
        locks.append(lock)
        began.set()
        collided.wait(1)  # Time for the second one to begin, if nothing holds it back
        folder.mkdir(parents=True, exist_ok=True)

    def install_second() -> Path:
        assert began.wait(60)
        return venv.install_function_packages(Path("python"))

    monkeypatch.setattr(venv, "install", install)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(venv.install_function_packages, Path("python"))
        second = pool.submit(install_second)

    assert first.result() == second.result()
    assert locks == [venv.FUNCTIONS_LOCK]


def test_a_changed_lock_gets_a_new_environment(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    first = venv._get_folder("local-aws", lock)

    lock.write_text("two")

    assert venv._get_folder("local-aws", lock) != first
