"""Pictures that hang in C code or want all memory, in real worker processes."""

import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from pipeline.core.models import TaskStatus
from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.worker.deadline import Deadline
from pipeline.worker.loop import ABANDONED_EXIT_CODE
from tests.worker.fakes import FakeRecognizer, get_values
from tests.worker.hanging_worker import EATS, FREEZES, HANGS
from tests.worker.processes import (
    Process,
    count_hidden_messages,
    get_status,
    send_task,
    show_messages_again_after,
    wait_until,
)

WORKER = "tests.worker.hanging_worker"


def build_delivery(name: str = "1") -> Delivery:
    return Delivery(name, f"handle-{name}", "{}", 1, datetime.now(UTC))


def test_a_picture_that_hangs_fails_and_its_neighbours_succeed_once(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    process = start(WORKER, CONCURRENCY="3", PICTURE_SECONDS="2", IMAGE_DEADLINE_SECONDS="3")
    hanging = send_task(queue, store, HANGS)
    process.wait_for("Task started")
    time.sleep(1.5)  # So that they are in work when the deadline is over
    neighbours = [send_task(queue, store) for _ in range(2)]

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
    process = start(WORKER, CONCURRENCY="1", IMAGE_DEADLINE_SECONDS="2")
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
    process = start(WORKER, FREEZES="yes", PICTURE_SECONDS="2")

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


def test_a_picture_over_the_deadline_is_abandoned_once() -> None:
    deadline = Deadline(seconds=0.1)
    ends, abandoned = threading.Event(), list[Delivery]()
    recognize = deadline.watch(FakeRecognizer(meanwhile=ends.wait).recognize)
    delivery = build_delivery()

    def handle(delivery: Delivery) -> None:
        recognize(b"", min_confidence=0, max_labels=1)

    thread = threading.Thread(target=deadline.follow(handle), args=(delivery,))
    thread.start()
    time.sleep(0.2)
    for _ in range(2):
        deadline.check(abandoned.append)
    ends.set()
    thread.join()

    assert abandoned == [delivery]


def test_the_wait_before_the_networks_does_not_count() -> None:
    deadline = Deadline(seconds=0.1)
    ends, abandoned = threading.Event(), list[Delivery]()
    wait = deadline.follow(lambda delivery: None if ends.wait() else 0)

    thread = threading.Thread(target=wait, args=(build_delivery(),))
    thread.start()
    time.sleep(0.2)
    deadline.check(abandoned.append)
    ends.set()
    thread.join()

    assert abandoned == []
