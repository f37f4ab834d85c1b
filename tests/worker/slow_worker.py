"""A worker process for test_process.

Its networks take PICTURE_SECONDS and find a cat. A stop waits long enough for the messages in
flight, however slow the machine is.
"""

import os
import time

from pipeline.worker import heartbeat, loop
from pipeline.worker.__main__ import main
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.vision.recognizer import Recognize
from tests.worker.fakes import FakeRecognizer

LONG = "120"


def load(settings: WorkerSettings) -> Recognize:
    seconds = float(os.environ["PICTURE_SECONDS"])
    return FakeRecognizer(meanwhile=lambda: time.sleep(seconds)).recognize


if __name__ == "__main__":
    heartbeat.INTERVAL_SECONDS = 1
    if seconds := os.environ.get("VISIBILITY_SECONDS"):
        heartbeat.VISIBILITY_SECONDS = int(seconds)  # type: ignore[attr-defined]
    loop.GRACE_SECONDS = float(os.environ.get("GRACE_SECONDS", LONG))
    main(load)
