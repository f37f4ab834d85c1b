"""Every test of the API functions has a fresh AWS in memory."""

import pytest

from pipeline.core import controls
from pipeline.lambdas import queue_view, refusals


@pytest.fixture(autouse=True)
def _aws(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(controls, "_known", None)
    refusals._windows.clear()
    monkeypatch.setattr(queue_view, "_last", None)
