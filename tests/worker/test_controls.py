"""A worker takes no message while the queue is paused, and none of a user who is held."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest

from pipeline.core import controls
from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker import poller
from pipeline.worker.controls import ControlsWatch
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.poller import Poller
from pipeline.worker.slots import Slots
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.worker.processes import TIMEOUT, wait_until

SOON = timedelta(minutes=10)


def pause() -> None:
    controls.pause("ann@example.com", "Storage is down", datetime.now(UTC) + SOON)


@contextmanager
def polling(queue: TaskQueue, watch: ControlsWatch, folder: Path) -> Iterator[list[str]]:
    """Run a poller. The list gets the owner of each message that is started."""
    started: list[str] = []
    stopping = threading.Event()

    def process(delivery: Delivery) -> None:
        started.append(delivery.owner_id)

    slots = Slots(process, 2, stopping)
    slots.start()
    health = Health(folder / "health.json", "test")
    thread = threading.Thread(
        target=Poller(queue, Heartbeat(queue), slots, health, stopping, watch).run
    )
    thread.start()
    try:
        yield started
    finally:
        stopping.set()
        thread.join(TIMEOUT)
        slots.close()


@pytest.fixture(autouse=True)
def _short_polls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poller, "POLL_SECONDS", 0)
    monkeypatch.setattr(poller, "WAKE_SECONDS", 0.01)


class CountingWatch(ControlsWatch):
    """Counts how often the poller asks whether it may receive."""

    looks = 0

    @property
    def is_paused(self) -> bool:
        self.looks += 1
        return super().is_paused


def test_a_paused_worker_receives_nothing_until_it_is_resumed(
    queue: TaskQueue, tmp_path: Path
) -> None:
    pause()
    watch = CountingWatch()
    watch.refresh()
    queue.send("a", OWNER_ID)

    with polling(queue, watch, tmp_path) as started:
        looks = watch.looks
        wait_until(lambda: watch.looks > looks + 3)
        while_paused = list(started)
        controls.resume()
        watch.refresh()
        wait_until(lambda: started == [OWNER_ID])

    assert while_paused == []


def test_a_pause_brings_no_message_closer_to_the_dead_letters(
    queue: TaskQueue, tmp_path: Path
) -> None:
    pause()
    watch = CountingWatch()
    watch.refresh()
    queue.send("a", OWNER_ID)

    with polling(queue, watch, tmp_path):
        looks = watch.looks
        wait_until(lambda: watch.looks > looks + 3)

    assert [delivery.receive_count for delivery in queue.receive()] == [1]


def test_a_pause_ends_by_itself(queue: TaskQueue, tmp_path: Path) -> None:
    controls.pause("ann", "Forgotten", datetime.now(UTC) - timedelta(seconds=1))
    watch = ControlsWatch()
    watch.refresh()
    queue.send("a", OWNER_ID)

    with polling(queue, watch, tmp_path) as started:
        wait_until(lambda: started == [OWNER_ID])


def test_the_messages_of_a_held_user_are_dropped_and_those_of_others_are_not(
    queue: TaskQueue, tmp_path: Path
) -> None:
    controls.hold(OWNER_ID)
    watch = ControlsWatch()
    watch.refresh()
    queue.send("a", OWNER_ID)
    queue.send("b", OTHER_OWNER_ID)

    with polling(queue, watch, tmp_path) as started:
        wait_until(lambda: OTHER_OWNER_ID in started)
        wait_until(lambda: count_messages() == 1)  # That of the other user, in flight

    assert started == [OTHER_OWNER_ID]


def test_a_task_that_was_started_before_the_hold_goes_on(queue: TaskQueue, tmp_path: Path) -> None:
    controls.hold(OWNER_ID)
    watch = ControlsWatch()
    watch.refresh()
    queue.send("a", OWNER_ID)
    queue.hide_all(queue.receive(), 0)

    with polling(queue, watch, tmp_path) as started:
        wait_until(lambda: started == [OWNER_ID])


def test_a_released_user_is_held_no_more() -> None:
    controls.hold(OWNER_ID)
    controls.hold(OTHER_OWNER_ID)
    controls.release(OWNER_ID)

    found = controls.read_controls()

    assert not found.is_held(OWNER_ID)
    assert found.is_held(OTHER_OWNER_ID)


def test_controls_that_cannot_be_read_stay_as_they_were() -> None:
    pause()
    watch = ControlsWatch()
    watch.refresh()
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    watch.refresh()

    assert watch.is_paused


def count_messages() -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = boto3.client("sqs").get_queue_attributes(
        QueueUrl=settings.task_queue_url,
        AttributeNames=names,  # type: ignore[arg-type]
    )
    return sum(int(value) for value in answer["Attributes"].values())
