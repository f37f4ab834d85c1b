"""Packages are installed with uv, and with pip if uv does not find them."""

import os
import sys
from pathlib import Path

import pytest

from infra.installer import InstallError, Platform, download, install
from tests.wheels import build_wheel, hash_wheel

HERE = f"cp{sys.version_info[0]}{sys.version_info[1]}"


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of packages that both know. There is no other source."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name in os.environ:
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    settings = tmp_path / "uv.toml"
    settings.write_text("no-index = true\n")  # uv has no variable for it
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CONFIG_FILE", str(settings))
    monkeypatch.setenv("UV_FIND_LINKS", str(folder))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    return folder


@pytest.fixture(params=["uv", "pip"])
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The one that knows the packages. The other one knows no source."""
    other = {"uv": "PIP_FIND_LINKS", "pip": "UV_FIND_LINKS"}[request.param]
    monkeypatch.delenv(other)
    return str(request.param)


def write_lock(folder: Path, *rows: str) -> Path:
    lock = folder / "lock.txt"
    lock.write_text("".join(f"{row}\n" for row in rows))
    return lock


def test_a_package_that_only_one_of_them_knows_is_installed(
    wheels: Path, installer: str, tmp_path: Path
) -> None:
    wheel = build_wheel(wheels, "of-our-own")
    lock = write_lock(tmp_path, f"of-our-own==1.0 {hash_wheel(wheel)}")

    install(lock, folder=tmp_path / "site")

    [record] = (tmp_path / "site").glob("*.dist-info/INSTALLER")
    assert record.read_text().strip() == installer
    assert (tmp_path / "site/of_our_own.py").exists()


def test_neither_of_them_installs_a_package_with_another_hash(
    wheels: Path, installer: str, tmp_path: Path
) -> None:
    build_wheel(wheels, "of-our-own")
    lock = write_lock(tmp_path, f"of-our-own==1.0 --hash=sha256:{'0' * 64}")

    with pytest.raises(InstallError):
        install(lock, folder=tmp_path / "site")

    assert not list(tmp_path.glob("site/of_our_own*"))


@pytest.mark.parametrize("glibc", [17, 28, 34])
def test_both_of_them_install_what_runs_on_another_machine(
    wheels: Path, installer: str, glibc: int, tmp_path: Path
) -> None:
    fitting = build_wheel(wheels, "one", tag=f"cp313-cp313-manylinux_2_{glibc}_aarch64")
    build_wheel(wheels, "one", tag=f"{HERE}-{HERE}-manylinux_2_17_x86_64")
    lock = write_lock(tmp_path, f"one==1.0 {hash_wheel(fitting)}")

    install(lock, folder=tmp_path / "site", platform=Platform("3.13", "aarch64", glibc=34))

    [found] = (tmp_path / "site").glob("*.dist-info/WHEEL")
    assert fitting.name.removeprefix("one-1.0-").removesuffix(".whl") in found.read_text()


def test_what_is_too_new_for_the_other_machine_is_not_installed(
    wheels: Path, installer: str, tmp_path: Path
) -> None:
    wheel = build_wheel(wheels, "one", tag="cp313-cp313-manylinux_2_35_aarch64")
    lock = write_lock(tmp_path, f"one==1.0 {hash_wheel(wheel)}")

    with pytest.raises(InstallError, match="one"):
        install(lock, folder=tmp_path / "site", platform=Platform("3.13", "aarch64", glibc=34))


def test_packages_are_downloaded_as_wheels(wheels: Path, tmp_path: Path) -> None:
    wheel = build_wheel(wheels, "one")

    found = download(write_lock(tmp_path, f"one==1.0 {hash_wheel(wheel)}"), tmp_path / "got")

    assert [path.name for path in found] == [wheel.name]
