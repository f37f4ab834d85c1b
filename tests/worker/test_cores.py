"""Each core recognises one picture at a time."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from pipeline.core.errors import UnsupportedFormatError
from pipeline.core.images import ImageHeader
from pipeline.core.options import Detail, Options
from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker import cores as cores_module
from pipeline.worker import metrics as metrics_module
from pipeline.worker.__main__ import build_cores as start_cores
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.metrics import Metrics
from pipeline.worker.settings import WorkerSettings
from pipeline.worker.turns import Turns
from pipeline.worker.vision.recognizer import Recognition
from tests.clocks import HandClock
from tests.pictures import build_quadrants, encode
from tests.worker.fakes import (
    PICTURE,
    FakeRecognizer,
    build_delivery,
    build_recognition,
    get_values,
)
from tests.worker.processes import TIMEOUT, wait_until
from tests.worker.threads import count_threads_in


def build_cores(recognizer: FakeRecognizer, count: int, metrics: Metrics) -> Cores:
    return Cores(recognizer.recognize, count, metrics, Deadline(seconds=TIMEOUT))


@pytest.mark.parametrize(
    ("asked", "has_time", "looked"),
    [
        (None, True, Detail.FINE),
        (None, False, None),
        (Detail.FAST, True, Detail.FAST),
        (Detail.FINE, False, Detail.FINE),
    ],
)
def test_an_idle_worker_looks_closer_where_nobody_chose(
    asked: Detail | None, has_time: bool, looked: Detail | None, metrics: Metrics
) -> None:
    recognizer = FakeRecognizer()
    deadline = Deadline[Delivery](seconds=TIMEOUT)
    cores = Cores(recognizer.recognize, 1, metrics, deadline, has_time=lambda: has_time)

    cores.recognize(build_delivery(), PICTURE, Options(detail=asked))

    assert [options.detail for options in recognizer.options] == [looked]


@pytest.mark.parametrize(
    ("setting", "in_hand", "looked"),
    [("true", 1, Detail.FINE), ("true", 2, None), ("false", 1, None)],
)
def test_a_worker_that_holds_one_picture_is_idle(
    setting: str,
    in_hand: int,
    looked: Detail | None,
    metrics: Metrics,
    queue: TaskQueue,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FINE_WHEN_IDLE", setting)
    monkeypatch.setenv("WEIGHTS_DIR", str(tmp_path))
    in_flight = Heartbeat(queue)
    in_flight.add(build_delivery(str(number)) for number in range(in_hand))
    recognizer = FakeRecognizer()
    deadline = Deadline[Delivery](seconds=TIMEOUT)
    cores = start_cores(recognizer.recognize, WorkerSettings(), metrics, deadline, in_flight)

    cores.recognize(build_delivery(), PICTURE, Options())

    assert [options.detail for options in recognizer.options] == [looked]


def test_beside_a_camera_no_photo_is_looked_at_closer(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    monkeypatch.setattr(cores_module, "time", clock)
    seen: list[Detail | None] = []

    def recognize(data: bytes, header: ImageHeader, options: Options) -> Recognition:
        seen.append(options.detail)
        return build_recognition()

    deadline = Deadline[Delivery](seconds=TIMEOUT)
    cores = Cores(recognize, 1, metrics, deadline, has_time=lambda: True)
    with cores.lend("the owner of a camera"):
        pass

    cores.recognize(build_delivery(), PICTURE, Options())
    clock.go(cores_module.FRAMES_SECONDS)
    cores.recognize(build_delivery(), PICTURE, Options())

    assert seen == [None, Detail.FINE]


def recognise(cores: Cores) -> None:
    found = cores.recognize(build_delivery(), PICTURE, Options())
    assert found.width == build_recognition().width


def test_each_core_recognises_one_picture_at_the_same_time(metrics: Metrics) -> None:
    together = threading.Barrier(2)
    recognizer = FakeRecognizer(meanwhile=lambda: together.wait(timeout=TIMEOUT))
    cores = build_cores(recognizer, 2, metrics)

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(recognise, cores) for _ in range(4)]:
            future.result()

    assert len(recognizer.pictures) == 4


@contextmanager
def recognising(cores: Cores, pictures: int) -> Iterator[None]:
    with ThreadPoolExecutor(pictures) as pool:
        futures = [pool.submit(recognise, cores) for _ in range(pictures)]
        yield
    for future in futures:
        future.result()


def test_no_core_recognises_two_pictures_at_once(metrics: Metrics) -> None:
    ends = threading.Event()

    def wait() -> None:
        assert ends.wait(TIMEOUT)

    recognizer = FakeRecognizer(meanwhile=wait)
    with recognising(build_cores(recognizer, 1, metrics), pictures=3):
        try:
            # Each thread is in the networks or waits for the core.
            wait_until(lambda: count_threads_in(Turns.take) + len(recognizer.pictures) == 3)
            at_once = len(recognizer.pictures)
        finally:
            ends.set()

    assert at_once == 1


def test_costly_pictures_leave_a_core_to_an_ordinary_one(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    costly, ordinary = (encode(build_quadrants(side, side), "PNG") for side in (200, 100))
    monkeypatch.setattr(cores_module, "COSTLY_PIXELS", 150 * 150)
    ends = threading.Event()

    class Hangs(FakeRecognizer):
        def recognize(self, data: bytes, header: ImageHeader, options: Options) -> Recognition:
            self.pictures.append(data)
            assert data == ordinary or ends.wait(TIMEOUT)
            return build_recognition()

    recognizer = Hangs()
    cores = build_cores(recognizer, 2, metrics)
    with ThreadPoolExecutor(3) as pool:
        costly_ones = [
            pool.submit(cores.recognize, build_delivery(), costly, Options()) for _ in range(2)
        ]
        try:
            wait_until(lambda: count_threads_in(Turns.take) + len(recognizer.pictures) == 2)
            cores.recognize(build_delivery(), ordinary, Options())
            at_once = list(recognizer.pictures)
        finally:
            ends.set()
        for future in costly_ones:
            future.result()

    assert at_once == [costly, ordinary]
    assert recognizer.pictures == [costly, ordinary, costly]


def test_a_core_is_free_again_after_an_error(metrics: Metrics) -> None:
    recognizer = FakeRecognizer(RuntimeError())
    cores = build_cores(recognizer, 1, metrics)

    for _ in range(2):
        with pytest.raises(RuntimeError):
            recognise(cores)

    assert len(recognizer.pictures) == 2


def test_working_cores_are_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock()
    monkeypatch.setattr(cores_module, "time", clock)
    monkeypatch.setattr(metrics_module, "time", clock)
    metrics = Metrics(boto3.client("cloudwatch"), cores=2)
    cores = build_cores(FakeRecognizer(meanwhile=lambda: clock.go(3)), 2, metrics)

    recognise(cores)
    metrics.publish()

    assert get_values("Busy") == [50]


def test_a_picture_over_the_limits_waits_for_no_core(metrics: Metrics) -> None:
    recognizer = FakeRecognizer()
    cores = build_cores(recognizer, 1, metrics)
    cores._turns.take("somebody")  # The only core is busy

    with pytest.raises(UnsupportedFormatError):
        cores.recognize(build_delivery(), b"GIF89a", Options())

    assert recognizer.pictures == []
