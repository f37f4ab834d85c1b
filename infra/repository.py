"""Where the checkout is that this code runs from."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
