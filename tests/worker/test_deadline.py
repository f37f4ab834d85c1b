"""Pictures that hang in C code or want all memory, in real worker processes."""

import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

import pytest

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import TaskStatus
from pipeline.worker import deadline as deadline_module
from pipeline.worker.deadline import Deadline
from pipeline.worker.loop import ABANDONED_EXIT_CODE, Handle
from tests.clocks import HandClock
from tests.worker.fakes import FakeRecognizer, get_values
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

WORKER = "tests.worker.hanging_worker"


def build_delivery() -> Delivery:
    return Delivery("1", "handle-1", "{}", 1, datetime.now(UTC))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(deadline_module, "time", clock)
    return clock


def begin(begun: Event, ends: Event) -> None:
    """Something that takes until it is ended."""
    begun.set()
    assert ends.wait(TIMEOUT)


@contextmanager
def running(handle: Handle, delivery: Delivery, begun: Event, ends: Event) -> Iterator[None]:
    """Handle a delivery in another thread, which does `begin` meanwhile."""
    with ThreadPoolExecutor(1) as pool:
        handled = pool.submit(handle, delivery)
        try:
            assert begun.wait(TIMEOUT)
            yield
        finally:
            ends.set()
    handled.result()


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


def test_a_picture_behind_one_that_hangs_is_left_to_the_next_worker(
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


def test_a_picture_that_wants_all_memory_fails_in_the_end_and_hurts_nobody(
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


def test_a_picture_that_ends_its_process_every_time_takes_no_neighbour_along(
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
    deadline = Deadline(seconds=3)
    begun, ends, abandoned = Event(), Event(), list[Delivery]()
    recognize = deadline.watch(FakeRecognizer(meanwhile=lambda: begin(begun, ends)).recognize)
    delivery = build_delivery()

    def handle(delivery: Delivery) -> None:
        recognize(b"", min_confidence=0, max_labels=1)

    with running(deadline.follow(handle), delivery, begun, ends):
        clock.go(2.9)
        deadline.check(abandoned.append)
        early = list(abandoned)
        clock.go(0.2)
        for _ in range(2):
            deadline.check(abandoned.append)

    assert early == []
    assert abandoned == [delivery]


def test_the_wait_before_the_networks_does_not_count(clock: HandClock) -> None:
    deadline = Deadline(seconds=3)
    begun, ends, abandoned = Event(), Event(), list[Delivery]()

    def wait(delivery: Delivery) -> None:
        begin(begun, ends)

    with running(deadline.follow(wait), build_delivery(), begun, ends):
        clock.go(3.1)
        deadline.check(abandoned.append)

    assert abandoned == []
