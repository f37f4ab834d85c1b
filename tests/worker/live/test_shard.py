"""A shard is read from now on, frames in their order, and a fault costs no more than its time."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from pipeline.worker.live import shard as shard_module
from pipeline.worker.live.shard import ShardReader
from tests.worker.live.examples import STREAM_ARN, build_frame, create_stream, put
from tests.worker.processes import wait_until

Started = tuple[ShardReader, list[int]]


class Kinesis:
    """A client whose reads fail as often as a test says."""

    def __init__(self) -> None:
        self._client = boto3.client("kinesis")
        self.failures: list[str] = []
        self.behind_ms: int | None = None
        self.begun = 0
        self.is_closed = False

    def get_shard_iterator(self, **arguments: Any) -> Any:
        self.begun += 1
        return self._client.get_shard_iterator(**arguments)

    def get_records(self, **arguments: Any) -> Any:
        if self.failures:
            error: Any = {"Error": {"Code": self.failures.pop()}}
            raise ClientError(error, "GetRecords")
        answer: Any = self._client.get_records(**arguments)
        if self.behind_ms is not None:
            answer["MillisBehindLatest"], self.behind_ms = self.behind_ms, None
        if self.is_closed:
            del answer["NextShardIterator"]  # moto always has one
        return answer


@pytest.fixture
def kinesis(monkeypatch: pytest.MonkeyPatch) -> Kinesis:
    create_stream()
    for name in ("BUSY_SECONDS", "IDLE_SECONDS", "FAULT_SECONDS"):
        monkeypatch.setattr(shard_module, name, 0.01)
    return Kinesis()


@pytest.fixture
def started(kinesis: Kinesis) -> Iterator[Started]:
    [shard] = boto3.client("kinesis").list_shards(StreamName="frames")["Shards"]
    numbers: list[int] = []
    reader = ShardReader(
        kinesis, STREAM_ARN, shard["ShardId"], lambda frame: numbers.append(frame.header.number)
    )
    reader.start()
    yield reader, numbers
    reader.stop()
    wait_until(lambda: not reader.is_reading)


def test_frames_come_once_and_in_their_order(started: Started) -> None:
    _, numbers = started

    for number in range(5):
        put(build_frame(number))

    wait_until(lambda: numbers == [0, 1, 2, 3, 4])


def test_a_record_that_is_no_frame_is_passed_over(started: Started) -> None:
    _, numbers = started
    kinesis = boto3.client("kinesis")
    kinesis.put_record(StreamName="frames", PartitionKey="x", Data=b"something else")

    put(build_frame(7))

    wait_until(lambda: numbers == [7])


@pytest.mark.parametrize(
    "code",
    ["ProvisionedThroughputExceededException", "ExpiredIteratorException", "InternalFailure"],
)
def test_reading_goes_on_after_a_fault(kinesis: Kinesis, started: Started, code: str) -> None:
    _, numbers = started
    kinesis.failures = [code] * 3

    wait_until(lambda: not kinesis.failures)
    put(build_frame(7))

    wait_until(lambda: 7 in numbers)


def test_a_reader_that_fell_behind_jumps_to_what_is_new(kinesis: Kinesis, started: Started) -> None:
    before = kinesis.begun
    kinesis.behind_ms = 5_000

    wait_until(lambda: kinesis.begun > before)


def test_a_shard_that_is_gone_ends_its_reader(kinesis: Kinesis, started: Started) -> None:
    reader, _ = started
    kinesis.failures = ["ResourceNotFoundException"]

    wait_until(lambda: not reader.is_reading)


def test_a_closed_shard_ends_its_reader(kinesis: Kinesis, started: Started) -> None:
    reader, numbers = started
    put(build_frame(1))
    wait_until(lambda: numbers == [1])

    kinesis.is_closed = True

    wait_until(lambda: not reader.is_reading)
