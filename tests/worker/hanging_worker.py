"""A worker process for test_deadline. Some pictures hang it in C code, need all memory or end it.

All other pictures take PICTURE_SECONDS. S3 delivers the late ones when RELEASE_FILE exists. Failed
deliveries come back at once. Unless a test sets a short deadline, a pause of the machine does not
reach it.
"""

import ctypes
import os
import signal
import time
from pathlib import Path

import numpy as np

import pipeline.worker.__main__ as worker
from pipeline.core.images import ImageHeader
from pipeline.core.options import Options
from pipeline.worker import deadline, heartbeat, loop, poller, recognition
from pipeline.worker.direct import DirectImageStore
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.vision.recognizer import Recognition, Recognize
from tests.worker.fakes import PICTURE, build_recognition
from tests.worker.slow_worker import LONG

HANGS, FREEZES, EATS, LATE, KILLS = (
    PICTURE + kind for kind in (b"hangs", b"freezes", b"eats", b"late", b"kills")
)
FOREVER = 3600
THREE_GIGABYTES = 3 << 30


def recognize(data: bytes, header: ImageHeader, options: Options) -> Recognition:
    if data == HANGS:
        ctypes.CDLL(None).sleep(FOREVER)  # Other threads run meanwhile, as with OpenCV
    elif data == FREEZES and os.environ.get("FREEZES"):
        ctypes.PyDLL(None).sleep(FOREVER)  # No other thread of Python gets a turn
    elif data == EATS:
        np.empty(THREE_GIGABYTES, np.uint8)
    elif data == KILLS:
        os.kill(os.getpid(), signal.SIGSEGV)  # As a wild pointer in a decoder does
    time.sleep(float(os.environ["PICTURE_SECONDS"]))
    return build_recognition()


def load(settings: WorkerSettings) -> Recognize:
    return recognize


class SlowStore(DirectImageStore):
    """Lets a worker wait for some pictures. The deadline does not count that time."""

    def download(self, key: str) -> bytes:
        data = super().download(key)
        while data == LATE and not Path(os.environ["RELEASE_FILE"]).exists():
            time.sleep(0.05)
        return data


if __name__ == "__main__":
    heartbeat.INTERVAL_SECONDS = 1
    if seconds := os.environ.get("VISIBILITY_SECONDS"):
        heartbeat.VISIBILITY_SECONDS = int(seconds)  # type: ignore[attr-defined]
    poller.POLL_SECONDS = 1
    loop.GRACE_SECONDS = float(os.environ.get("GRACE_SECONDS", LONG))
    deadline.FROZEN_SECONDS = int(os.environ.get("FROZEN_SECONDS", LONG))
    recognition.BACK_OFF_SECONDS = (0,)  # type: ignore[assignment]
    worker.DirectImageStore = SlowStore  # type: ignore[attr-defined]  # What main builds
    worker.main(load)
