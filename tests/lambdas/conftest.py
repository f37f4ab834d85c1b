"""Every test of the API functions has a fresh AWS in memory."""

import pytest

from pipeline.core import controls
from pipeline.lambdas import known_buckets, queue_view, refusals


@pytest.fixture(autouse=True)
def _aws(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(controls, "_known", None)
    refusals._windows.clear()
    monkeypatch.setattr(known_buckets, "_full_at", {})
    monkeypatch.setattr(queue_view, "_last", None)
