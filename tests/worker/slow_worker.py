"""A worker process for test_process.

Its networks take PICTURE_SECONDS and find a cat, and its heart beats every second.
"""

import os
import time
from pathlib import Path

from pipeline.worker import heartbeat
from pipeline.worker.__main__ import main
from pipeline.worker.recognition import Recognize
from tests.worker.fakes import FakeRecognizer


def load(weights: Path) -> Recognize:
    seconds = float(os.environ["PICTURE_SECONDS"])
    return FakeRecognizer(meanwhile=lambda: time.sleep(seconds)).recognize


if __name__ == "__main__":
    heartbeat.INTERVAL_SECONDS = 1
    main(load)
