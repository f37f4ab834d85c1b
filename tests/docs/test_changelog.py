"""The changelog lists each unreleased change once, below one of three headings."""

from collections import Counter
from pathlib import Path

LINES = (Path(__file__).parents[2] / "CHANGELOG.md").read_text().splitlines()


def test_the_headings_stand_once_and_in_order() -> None:
    headings = [line for line in LINES if line.startswith("### ")]

    assert headings == ["### Added", "### Changed", "### Fixed"]


def test_each_entry_stands_once() -> None:
    entries = Counter(line for line in LINES if line.startswith("- "))

    assert [entry for entry, count in entries.items() if count > 1] == []
