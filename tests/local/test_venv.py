"""The separate environments."""

import hashlib
import subprocess
import threading
import zipfile
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


def test_a_package_from_a_source_that_only_pip_knows_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = build_wheel(tmp_path, "of-our-own")
    lock = tmp_path / "lock.txt"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    lock.write_text(f"of-our-own==1.0 --hash=sha256:{digest}\n")
    monkeypatch.setattr(venv, "CACHE", tmp_path / "cache")
    monkeypatch.setenv("UV_OFFLINE", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))

    python = venv.install_environment("own", lock)

    shown = subprocess.run([python, "-m", "pip", "list"], capture_output=True, text=True)
    assert "of-our-own" in shown.stdout


def build_wheel(folder: Path, name: str) -> Path:
    """A package without code."""
    stem = f"{name.replace('-', '_')}-1.0"
    path = folder / f"{stem}-py3-none-any.whl"
    files = {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        "WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        "RECORD": "",
    }
    with zipfile.ZipFile(path, "w") as wheel:
        for file, text in files.items():
            wheel.writestr(f"{stem}.dist-info/{file}", text)
    return path


def test_two_systems_that_start_at_once_install_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(venv, "CACHE", tmp_path)
    commands: list[list[str]] = []
    began, collided = threading.Event(), threading.Event()

    def run(command: list[str], message: str, next_step: str) -> None:
        if began.is_set():
            collided.set()
        commands.append(command)
        began.set()
        collided.wait(1)  # Time for the second one to begin, if nothing holds it back
        Path(command[command.index("--target") + 1]).mkdir(parents=True, exist_ok=True)

    def install_second() -> Path:
        assert began.wait(60)
        return venv.install_function_packages(Path("python"))

    monkeypatch.setattr(venv, "_run", run)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(venv.install_function_packages, Path("python"))
        second = pool.submit(install_second)

    assert first.result() == second.result()
    assert len(commands) == 1


def test_a_changed_lock_gets_a_new_environment(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    first = venv._get_folder("local-aws", lock)

    lock.write_text("two")

    assert venv._get_folder("local-aws", lock) != first
