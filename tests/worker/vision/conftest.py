"""Fixtures of the tests of vision."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WEIGHTS = ROOT / ".cache" / "weights"
PHOTOS = ROOT / "infra" / "local" / "photos"


@pytest.fixture(autouse=True)
def _aws() -> None:
    """Start no AWS in memory, because vision uses none."""


@pytest.fixture(scope="session")
def weights() -> Path:
    """The folder of the real networks."""
    if not WEIGHTS.is_dir():
        pytest.fail(f"{WEIGHTS} is missing. Run `make setup`.")
    return WEIGHTS
