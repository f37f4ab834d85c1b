"""Each lock holds what its list asks for, so that nobody forgets to renew one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from infra.local.layout import REPOSITORY

LISTS = sorted((REPOSITORY / "requirements").glob("*.in"))


def read_list(path: Path) -> Iterator[Requirement]:
    """The packages that a list asks for, and those of the lists that it includes."""
    for line in path.read_text().splitlines():
        wanted = line.partition("#")[0].strip()
        if wanted.startswith("-r "):
            yield from read_list(path.parent / wanted.removeprefix("-r "))
        elif wanted and not wanted.startswith("-"):
            yield Requirement(wanted)


def read_lock(path: Path) -> dict[str, str]:
    """Name and version of each package of a lock."""
    lines = [line.split(";")[0].split() for line in path.read_text().splitlines()]
    pins = [line[0].partition("==") for line in lines if line and "==" in line[0]]
    return {name.partition("[")[0]: version for name, _, version in pins}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_a_lock_holds_every_package_that_its_list_asks_for(path: Path) -> None:
    lock = read_lock(path.with_suffix(".txt"))

    wrong = [
        str(wanted)
        for wanted in read_list(path)
        if wanted.name.lower() not in lock
        or not wanted.specifier.contains(lock[wanted.name.lower()])
    ]
    assert wrong == []


def test_there_are_lists() -> None:
    assert len(LISTS) > 5
