"""The folder of the checkout that this code runs from."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
