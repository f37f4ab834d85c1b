"""Whether the local system offers Amazon Rekognition."""

import os

VARIABLE = "REKOGNITION_USD_A_DAY"
"""The variable of the functions, the workers and the portal, and of `make run`."""


def read_budget() -> str:
    """The most that a day may cost, as `make run REKOGNITION_USD_A_DAY=1` says; 0 offers none."""
    return os.environ.get(VARIABLE) or "0"


def is_offered() -> bool:
    return float(read_budget()) > 0
