"""One picture a core."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest

from pipeline.worker import cores as cores_module
from pipeline.worker import metrics as metrics_module
from pipeline.worker.cores import Cores
from pipeline.worker.metrics import Metrics
from tests.clocks import HandClock
from tests.worker.fakes import FakeRecognizer, build_recognition, get_values


def recognise(cores: Cores) -> None:
    assert (
        cores.recognize(b"picture", min_confidence=50, max_labels=20).width
        == build_recognition().width
    )


def test_as_many_pictures_as_cores_are_in_work_at_once(metrics: Metrics) -> None:
    together = threading.Barrier(2)
    recognizer = FakeRecognizer(meanwhile=lambda: together.wait(timeout=60))
    cores = Cores(recognizer.recognize, 2, metrics)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(recognise, cores) for _ in range(4)]:
            future.result()

    assert len(recognizer.pictures) == 4


def test_no_core_works_on_two_pictures(metrics: Metrics) -> None:
    alone = threading.Lock()

    def check() -> None:
        assert alone.acquire(blocking=False)
        time.sleep(0.05)
        alone.release()

    cores = Cores(FakeRecognizer(meanwhile=check).recognize, 1, metrics)

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(recognise, cores) for _ in range(3)]:
            future.result()


def test_a_core_is_free_again_after_an_error(metrics: Metrics) -> None:
    recognizer = FakeRecognizer(RuntimeError())
    cores = Cores(recognizer.recognize, 1, metrics)

    for _ in range(2):
        with pytest.raises(RuntimeError):
            recognise(cores)

    assert len(recognizer.pictures) == 2


def test_working_cores_are_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock()
    monkeypatch.setattr(cores_module, "time", clock)
    monkeypatch.setattr(metrics_module, "time", clock)
    metrics = Metrics(boto3.client("cloudwatch"), cores=2)
    cores = Cores(FakeRecognizer(meanwhile=lambda: clock.go(3)).recognize, 2, metrics)

    recognise(cores)
    metrics.publish()

    assert get_values("Busy") == [50]
