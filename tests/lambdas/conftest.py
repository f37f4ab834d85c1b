"""Every test of the API functions has a fresh AWS in memory."""

import pytest

from pipeline.core.tasks import doors


@pytest.fixture(autouse=True)
def _aws(aws: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "KNOWN_SECONDS", 0)
    monkeypatch.setattr(doors, "_known", {})
