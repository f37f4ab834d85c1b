"""A package holds the versions that its lock names for the machine that runs it."""

from pathlib import Path

import pytest

from infra.package.errors import PackageError
from infra.package.stage import AWS, HERE, choose_packages, install
from infra.repository import REPOSITORY

LOCK = """\
# A comment
one==1.0 ; python_full_version < '3.13' \\
    --hash=sha256:aa \\
    --hash=sha256:ab
    # via something
one==2.0 ; python_full_version >= '3.13' and platform_machine == 'aarch64' \\
    --hash=sha256:ba
two[more]==1.0 ; sys_platform == 'win32' \\
    --hash=sha256:ca
three==1.0 \\
    --hash=sha256:da
"""


def list_pins(lock: str) -> list[str]:
    return [line.split()[0] for line in lock.splitlines() if "==" in line]


def test_the_rows_of_a_lock_are_chosen_for_the_other_machine() -> None:
    chosen = choose_packages(LOCK, AWS)

    assert list_pins(chosen) == ["one==2.0", "three==1.0"]
    assert ";" not in chosen
    assert chosen.startswith("one==2.0 --hash=sha256:ba\n")


def test_all_hashes_of_a_row_are_kept() -> None:
    lock = LOCK.replace("< '3.13'", "> '3'")

    assert "one==1.0 --hash=sha256:aa \\\n    --hash=sha256:ab\n" in choose_packages(lock, AWS)


@pytest.mark.parametrize("name", ["lambdas", "portal", "worker"])
def test_no_package_is_lost_or_doubled(name: str) -> None:
    lock = (REPOSITORY / f"requirements/{name}.txt").read_text()

    chosen = [pin.partition("==")[0] for pin in list_pins(choose_packages(lock, AWS))]

    assert len(chosen) == len(set(chosen))
    # tzdata is for Windows only.
    assert set(chosen) | {"tzdata"} >= {pin.partition("==")[0] for pin in list_pins(lock)}


def test_the_error_says_which_lock_and_what_to_do(tmp_path: Path) -> None:
    lock = tmp_path / "some.txt"
    lock.write_text(f"nothing @ file://{tmp_path}/nothing.whl --hash=sha256:{'0' * 64}\n")

    with pytest.raises(PackageError, match=r"some\.txt could not .* Check the network"):
        install(lock, tmp_path / "site", HERE)
