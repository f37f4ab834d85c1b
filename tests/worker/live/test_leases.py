"""Workers share the shards, take over those of a dead one, and follow a split."""

import threading
import time
from collections.abc import Callable

import boto3
import pytest

from pipeline.core.live import readers
from pipeline.worker.live.leases import Leases
from pipeline.worker.live.room import Room
from pipeline.worker.live.shard import ShardReader
from tests.clocks import HandClock
from tests.worker.live.examples import STREAM_ARN, create_stream


class FakeReader(ShardReader):
    """Notes whether it reads."""

    def __init__(self, shard_id: str) -> None:
        self.shard_id = shard_id
        self.reads = False

    @property
    def is_reading(self) -> bool:
        return self.reads

    def start(self) -> None:
        self.reads = True

    def stop(self) -> None:
        self.reads = False


class Worker:
    """One worker's leases and the readers that they made."""

    def __init__(self, name: str) -> None:
        self.made: list[FakeReader] = []
        self.stopping = threading.Event()
        self.meanwhile: Callable[[], None] = lambda: None
        kinesis, room = boto3.client("kinesis"), Room(2, self._read_photo_seconds)
        self.leases = Leases(name, kinesis, STREAM_ARN, room, self._build, self.stopping)

    @property
    def shards(self) -> list[str]:
        return sorted(reader.shard_id for reader in self.made if reader.reads)

    def turn(self) -> None:
        self.leases.turn()

    def _read_photo_seconds(self) -> float:
        """Each turn asks for it before it renews the lease."""
        self.meanwhile()
        return 0.0

    def _build(self, shard_id: str) -> FakeReader:
        self.made.append(FakeReader(shard_id))
        return self.made[-1]


def list_open_shards() -> list[str]:
    kinesis = boto3.client("kinesis")
    shards = kinesis.list_shards(StreamName="frames")["Shards"]
    return sorted(
        shard["ShardId"]
        for shard in shards
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    )


@pytest.fixture(autouse=True)
def _stream(_aws: None) -> None:
    create_stream(shards=4)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr("pipeline.worker.live.leases.time", clock)
    return clock


def share(*workers: Worker) -> None:
    for _ in range(2):
        for worker in workers:
            worker.turn()


def test_two_workers_read_two_shards_each() -> None:
    a, b = Worker("a"), Worker("b")

    share(a, b)

    assert len(a.shards) == len(b.shards) == 2
    assert sorted([*a.shards, *b.shards]) == list_open_shards()


def test_a_worker_reports_its_room() -> None:
    Worker("a").turn()

    assert readers.find_item().readers.workers["a"].frames_per_second > 0
    assert readers.has_room()


def test_the_shards_of_a_dead_worker_move_when_its_lease_is_over(clock: HandClock) -> None:
    a, dead = Worker("a"), Worker("dead")
    share(a, dead)
    waited = 0.0

    while len(a.shards) < 4:
        clock.go(1.5)
        waited += 1.5
        a.turn()

    assert 5 <= waited <= 7.5
    assert a.shards == list_open_shards()


def test_a_worker_that_stops_gives_its_shards_back_at_once() -> None:
    a, b = Worker("a"), Worker("b")
    share(a, b)

    b.stopping.set()
    b.turn()
    a.turn()

    assert (b.shards, a.shards) == ([], list_open_shards())
    b.turn()
    assert set(readers.find_item().readers.workers) == {"a"}


def test_a_turn_that_the_stop_overtakes_takes_no_shard_again() -> None:
    worker = Worker("one")
    worker.turn()
    worker.meanwhile = worker.leases.leave

    worker.turn()

    assert worker.shards == []
    assert readers.find_item().readers == readers.Readers()


def test_the_children_of_a_split_shard_are_read_instead_of_it() -> None:
    a = Worker("a")
    a.turn()
    parent = a.shards[0]
    kinesis = boto3.client("kinesis")
    shards = kinesis.list_shards(StreamName="frames")["Shards"]
    keys = next(shard["HashKeyRange"] for shard in shards if shard["ShardId"] == parent)
    middle = (int(keys["StartingHashKey"]) + int(keys["EndingHashKey"])) // 2

    kinesis.split_shard(StreamName="frames", ShardToSplit=parent, NewStartingHashKey=str(middle))
    a.turn()

    assert parent not in a.shards
    assert a.shards == list_open_shards()
    assert len(a.shards) == 5


def test_a_reader_that_ended_is_replaced() -> None:
    a = Worker("a")
    a.turn()
    a.made[0].reads = False

    a.turn()

    assert len(a.made) == 5
    assert a.shards == list_open_shards()


def test_a_turn_without_the_table_leaves_the_shards_as_they_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a = Worker("a")
    a.turn()
    monkeypatch.setattr(readers, "replace", lambda item, changed: False)

    a.turn()

    assert a.shards == list_open_shards()


def test_the_clock_of_the_lease_is_the_real_one() -> None:
    Worker("a").turn()

    until = readers.find_item().readers.workers["a"].until

    assert 0 < until - time.time() <= readers.LEASE_SECONDS


def test_a_worker_stops_although_it_cannot_give_back_its_shards(
    caplog: pytest.LogCaptureFixture,
) -> None:
    worker = Worker("one")
    worker.turn()
    readers.ReadersItem.delete_table(wait=True)

    worker.leases.leave()

    assert worker.shards == []
    assert "could not be given back" in caplog.text
