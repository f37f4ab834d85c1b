"""A worker process whose networks take PICTURE_SECONDS and find a cat: test_process starts it."""

import os
import time
from pathlib import Path

from pipeline.worker.__main__ import main
from pipeline.worker.recognition import Recognize
from tests.worker.fakes import FakeRecognizer


def load(weights: Path) -> Recognize:
    seconds = float(os.environ["PICTURE_SECONDS"])
    return FakeRecognizer(meanwhile=lambda: time.sleep(seconds)).recognize


if __name__ == "__main__":
    main(load)
