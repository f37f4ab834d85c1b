"""The separate environments."""

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


def test_a_changed_lock_gets_a_new_environment(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("one")
    first = venv._get_folder("local-aws", lock)

    lock.write_text("two")

    assert venv._get_folder("local-aws", lock) != first
