"""A worker process for test_process.

Its networks take PICTURE_SECONDS and find a cat, its heart beats every second, and its messages
come back after four.
"""

import os
import time

from pipeline.worker import heartbeat
from pipeline.worker.__main__ import main
from pipeline.worker.recognition import Recognize
from pipeline.worker.settings import WorkerSettings
from tests.worker.fakes import FakeRecognizer


def load(settings: WorkerSettings) -> Recognize:
    seconds = float(os.environ["PICTURE_SECONDS"])
    return FakeRecognizer(meanwhile=lambda: time.sleep(seconds)).recognize


if __name__ == "__main__":
    heartbeat.INTERVAL_SECONDS = 1
    heartbeat.VISIBILITY_SECONDS = 4  # type: ignore[attr-defined]  # A constant of core
    main(load)
