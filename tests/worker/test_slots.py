"""One owner cannot take all slots."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker.controls import ControlsWatch
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.poller import Poller
from pipeline.worker.slots import PARKED_LIMIT, Slots
from tests.worker.processes import TIMEOUT, wait_until

HEAVY, LIGHT = "heavy", "light"


def build(number: int, owner_id: str) -> Delivery:
    return Delivery(f"{owner_id}-{number}", "", "{}", 1, datetime.now(UTC), owner_id)


class Work:
    """Slots whose deliveries of `HEAVY` last until `end` is called."""

    def __init__(self, count: int, share: int) -> None:
        self.started: list[str] = []
        self.stopping = threading.Event()
        self._ends = threading.Event()
        self.slots = Slots(self._process, count, self.stopping, share=share)

    def _process(self, delivery: Delivery) -> None:
        self.started.append(delivery.owner_id)
        if delivery.owner_id.startswith(HEAVY):
            assert self._ends.wait(TIMEOUT)

    def end(self) -> None:
        self._ends.set()
        assert self.slots.wait_for_all(TIMEOUT)
        self.slots.close()


@contextmanager
def working(count: int, share: int) -> Iterator[Work]:
    work = Work(count, share)
    work.slots.start()
    try:
        yield work
    finally:
        work.end()


def test_one_owner_gets_a_share_of_the_slots_and_others_find_a_free_one() -> None:
    with working(count=4, share=3) as work:
        for number in range(10):
            work.slots.submit(build(number, HEAVY))
        wait_until(lambda: len(work.started) == 3)

        for number in range(2):
            work.slots.submit(build(number, LIGHT))
        wait_until(lambda: len(work.started) == 5)
        started = list(work.started)

    assert started == [HEAVY] * 3 + [LIGHT] * 2
    assert work.started.count(HEAVY) == 10


def test_a_free_slot_goes_to_the_owner_with_the_fewest() -> None:
    with working(count=2, share=2) as work:
        for number in range(2):
            work.slots.submit(build(number, HEAVY))
        wait_until(lambda: len(work.started) == 2)
        work.slots.submit(build(2, HEAVY))
        work.slots.submit(build(0, LIGHT))

    assert work.started[:3] == [HEAVY, HEAVY, LIGHT]


def test_the_worker_receives_more_until_too_many_deliveries_are_parked() -> None:
    with working(count=4, share=3) as work:
        for number in range(3 + PARKED_LIMIT):
            work.slots.submit(build(number, HEAVY))
        with_parked = work.slots.wait_for_room(0)
        work.slots.submit(build(-1, HEAVY))
        with_too_many = work.slots.wait_for_room(0)

    assert (with_parked, with_too_many) == (True, False)


def test_two_busy_owners_fill_all_slots() -> None:
    with working(count=4, share=3) as work:
        for number in range(3):
            work.slots.submit(build(number, HEAVY))
        work.slots.submit(build(0, HEAVY + "2"))
        one_each = work.slots.wait_for_room(0)
        work.slots.submit(build(1, HEAVY + "2"))
        one_more = work.slots.wait_for_room(0)

    assert (one_each, one_more) == (True, False)


def test_the_worker_finds_a_message_behind_those_of_a_busier_owner(
    queue: TaskQueue, tmp_path: Path
) -> None:
    for number in range(40):
        queue.send(f"task-{number}", HEAVY)
    queue.send("one", LIGHT)

    with working(count=3, share=2) as work:
        health = Health(tmp_path / "health.json", "test")
        poller = Poller(queue, Heartbeat(queue), work.slots, health, work.stopping, ControlsWatch())
        thread = threading.Thread(target=poller.run, name="poller")
        thread.start()
        try:
            wait_until(lambda: LIGHT in work.started)
            started = list(work.started)
        finally:
            work.stopping.set()
            thread.join(TIMEOUT)

    assert started == [HEAVY, HEAVY, LIGHT]
