"""The shell variables for the local API."""

from pathlib import Path

import pytest

from infra.local.demo import token
from infra.local.layout import Layout


def test_without_a_running_system_the_error_says_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = token.main(Layout(tmp_path))

    captured = capsys.readouterr()
    assert code == 1
    assert "make run" in captured.err
    assert captured.out == ""
