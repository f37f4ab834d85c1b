"""Every test of the worker has a fresh AWS in memory."""

import pytest


@pytest.fixture(autouse=True)
def _aws(aws: None) -> None: ...
