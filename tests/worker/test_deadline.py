"""Pictures that hang in C code or need all memory, in real worker processes."""

import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Event

import pytest

from pipeline.core.options import Options
from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import TaskStatus
from pipeline.worker import deadline as deadline_module
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.loop import ABANDONED_EXIT_CODE
from pipeline.worker.metrics import Metrics
from pipeline.worker.turns import Turns
from tests.clocks import HandClock
from tests.worker.fakes import PICTURE, FakeRecognizer, build_delivery, get_values
from tests.worker.hanging_worker import EATS, FREEZES, HANGS, KILLS, LATE
from tests.worker.processes import (
    TIMEOUT,
    Process,
    count_hidden_messages,
    get_status,
    send_task,
    show_messages_again_after,
    wait_until,
)
from tests.worker.threads import count_threads_in

WORKER = "tests.worker.hanging_worker"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(deadline_module, "time", clock)
    return clock


def test_a_picture_that_hangs_fails_and_its_neighbours_succeed_once(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore, tmp_path: Path
) -> None:
    hanging = send_task(queue, store, HANGS)
    neighbours = [send_task(queue, store, LATE) for _ in range(2)]
    release = tmp_path / "release"
    process = start(
        WORKER,
        CONCURRENCY="3",
        PICTURE_SECONDS="0",
        IMAGE_DEADLINE_SECONDS="3",
        RELEASE_FILE=str(release),
    )
    process.wait_for("A picture was abandoned: stopping")
    release.touch()

    exit_code = process.wait()

    assert exit_code == ABANDONED_EXIT_CODE
    assert get_status(hanging) == TaskStatus.FAILED
    assert hanging.error_code == "image_timeout"
    assert [get_status(task) for task in neighbours] == [TaskStatus.SUCCEEDED] * 2
    assert [task.receive_count for task in neighbours] == [1, 1]
    assert (queue.get_depth(), count_hidden_messages()) == (0, 0)
    assert get_values("ImagesFailed", ErrorCode="image_timeout") == [1]
    assert "in recognize" in process.read_text()  # Where it hung


def test_the_next_worker_gets_a_picture_that_waited_behind_a_hanging_one(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    hanging = send_task(queue, store, HANGS)
    process = start(
        WORKER,
        CONCURRENCY="1",
        PICTURE_SECONDS="0",
        IMAGE_DEADLINE_SECONDS="3",
        GRACE_SECONDS="2",
    )
    process.wait_for("Task started")
    behind = send_task(queue, store)

    exit_code = process.wait()
    start(WORKER, CONCURRENCY="1")

    assert exit_code == ABANDONED_EXIT_CODE
    assert get_status(hanging) == TaskStatus.FAILED
    wait_until(lambda: get_status(behind) == TaskStatus.SUCCEEDED)


def test_a_picture_that_freezes_all_threads_ends_the_process_and_loses_nothing(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    show_messages_again_after(4)
    tasks = [send_task(queue, store, FREEZES), send_task(queue, store)]
    process = start(
        WORKER, FREEZES="yes", PICTURE_SECONDS="2", FROZEN_SECONDS="3", VISIBILITY_SECONDS="4"
    )

    exit_code = process.wait()
    start(WORKER)

    assert exit_code == 1
    assert "Timeout (0:00:03)!" in process.read_text()
    wait_until(lambda: [get_status(task) for task in tasks] == [TaskStatus.SUCCEEDED] * 2)


def test_a_picture_that_needs_all_memory_fails_and_the_others_succeed(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    eating = send_task(queue, store, EATS)
    neighbour = send_task(queue, store)
    process = start(WORKER, MEMORY_LIMIT_MB="1024")

    wait_until(lambda: get_status(eating) == TaskStatus.FAILED)
    wait_until(lambda: get_status(neighbour) == TaskStatus.SUCCEEDED)
    process.signal(signal.SIGTERM)
    exit_code = process.wait()

    assert exit_code == 0
    assert (eating.error_code, eating.receive_count) == ("retries_exhausted", 5)
    assert neighbour.receive_count == 1
    assert "Unable to allocate 3.00 GiB" in process.read_text()


def test_other_pictures_succeed_although_one_ends_every_process(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    show_messages_again_after(4)
    neighbours = [send_task(queue, store) for _ in range(2)]
    killer = send_task(queue, store, KILLS)

    exit_codes = [start(WORKER, CONCURRENCY="3", PICTURE_SECONDS="3").wait() for _ in range(3)]

    assert exit_codes == [-signal.SIGSEGV] * 3
    assert get_status(killer) == TaskStatus.PROCESSING
    assert [get_status(task) for task in neighbours] == [TaskStatus.SUCCEEDED] * 2


def test_a_picture_over_the_deadline_is_abandoned_once(clock: HandClock) -> None:
    deadline: Deadline[Delivery] = Deadline(seconds=3)
    abandoned: list[Delivery] = []
    overdue, in_time = build_delivery("1"), build_delivery("2")

    deadline.start(overdue)
    clock.go(2.9)
    deadline.start(in_time)
    deadline.check(abandoned.append)
    early = list(abandoned)
    clock.go(0.2)
    for _ in range(2):
        deadline.check(abandoned.append)

    assert early == []
    assert abandoned == [overdue]


def test_only_the_time_in_the_networks_counts(clock: HandClock, metrics: Metrics) -> None:
    deadline: Deadline[Delivery] = Deadline(seconds=3)
    abandoned: list[Delivery] = []
    ends = Event()
    recognizer = FakeRecognizer(meanwhile=lambda: ends.wait(TIMEOUT))
    cores = Cores(recognizer.recognize, 1, metrics, deadline)
    first, second = build_delivery("1"), build_delivery("2")

    with ThreadPoolExecutor(2) as pool:
        pool.submit(cores.recognize, first, PICTURE, Options())
        wait_until(lambda: len(recognizer.pictures) == 1)
        pool.submit(cores.recognize, second, PICTURE, Options())
        wait_until(lambda: count_threads_in(Turns.take) == 1)
        clock.go(3.1)
        deadline.check(abandoned.append)
        ends.set()

    assert abandoned == [first]


@pytest.mark.parametrize("error", [None, RuntimeError()])
def test_a_recognised_or_failed_picture_has_no_deadline(
    clock: HandClock, metrics: Metrics, error: Exception | None
) -> None:
    deadline: Deadline[Delivery] = Deadline(seconds=3)
    abandoned: list[Delivery] = []
    cores = Cores(FakeRecognizer(error).recognize, 1, metrics, deadline)

    with suppress(RuntimeError):
        cores.recognize(build_delivery(), PICTURE, Options())
    clock.go(3.1)
    deadline.check(abandoned.append)

    assert abandoned == []
