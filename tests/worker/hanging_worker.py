"""A worker process for test_deadline: some pictures hang it in C code, some want all memory.

The others take PICTURE_SECONDS. Failed deliveries come back at once.
"""

import ctypes
import os
import time

import numpy as np

from pipeline.worker import deadline, heartbeat, loop, recognition
from pipeline.worker.__main__ import main
from pipeline.worker.recognition import Recognize
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.vision.recognizer import Recognition
from tests.worker.fakes import build_recognition

HANGS, FREEZES, EATS = b"hangs", b"freezes", b"eats"
FOREVER = 3600
THREE_GIGABYTES = 3 << 30


def recognize(data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
    if data == HANGS:
        ctypes.CDLL(None).sleep(FOREVER)  # Other threads run meanwhile, as with OpenCV
    elif data == FREEZES and os.environ.get("FREEZES"):
        ctypes.PyDLL(None).sleep(FOREVER)  # No other thread of Python gets a turn
    elif data == EATS:
        np.empty(THREE_GIGABYTES, np.uint8)
    time.sleep(float(os.environ["PICTURE_SECONDS"]))
    return build_recognition()


def load(settings: WorkerSettings) -> Recognize:
    return recognize


if __name__ == "__main__":
    heartbeat.INTERVAL_SECONDS = 1
    heartbeat.VISIBILITY_SECONDS = 4  # type: ignore[attr-defined]  # A constant of core
    loop.POLL_SECONDS = 1
    loop.GRACE_SECONDS = 4
    deadline.FROZEN_SECONDS = 3
    recognition.BACK_OFF_SECONDS = (0,)  # type: ignore[assignment]
    main(load)
