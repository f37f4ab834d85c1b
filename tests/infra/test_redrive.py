"""Finished tasks that were given up are announced again, each webhook once."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from infra.deploy.redrive import Outcome, build_announce, redrive

QUEUE = "spotter-test-failed-announcements"
CHANGES = [("a", None, "queued"), ("a", "queued", "succeeded"), ("a", "succeeded", "succeeded")]
CHANGES += [("b", None, "queued"), ("b", "queued", "failed")]
PAGE = 2


class Streams:
    """The stream of the tasks, as far as this program reads it. moto's cannot begin in its midst.

    Record number 0 was trimmed.
    """

    def get_shard_iterator(self, **request: str) -> dict[str, str]:
        assert request["ShardIteratorType"] == "AT_SEQUENCE_NUMBER"
        if request["SequenceNumber"] == "0":
            answer: Any = {"Error": {"Code": "TrimmedDataAccessException"}}
            raise ClientError(answer, "GetShardIterator")
        return {"ShardIterator": request["SequenceNumber"]}

    def get_records(self, ShardIterator: str) -> dict[str, Any]:  # noqa: N803 # AWS's own name
        begin = int(ShardIterator)
        found = [_build_record(it) for it in range(begin, min(begin + PAGE, len(CHANGES) + 1))]
        return {"Records": found, "NextShardIterator": str(begin + PAGE)}


def _build_record(number: int) -> dict[str, Any]:
    task_id, before, after = CHANGES[number - 1]
    images = {"OldImage": before, "NewImage": after}
    stored = {
        image: {"task_id": {"S": task_id}, "status": {"S": status}}
        for image, status in images.items()
        if status
    }
    return {"dynamodb": {**stored, "SequenceNumber": str(number)}}


@pytest.fixture(autouse=True)
def queue() -> Iterator[str]:
    with mock_aws():
        yield boto3.client("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]


def give_up(queue: str, first: int, last: int) -> None:
    """Put a message into the queue as Lambda does."""
    place = {"shardId": "shard", "streamArn": "arn"}
    place |= {"startSequenceNumber": str(first), "endSequenceNumber": str(last)}
    boto3.client("sqs").send_message(
        QueueUrl=queue, MessageBody=json.dumps({"DDBStreamBatchInfo": place})
    )


class Announce:
    """Notes the tasks, and fails with some of them."""

    def __init__(self, *failing: str) -> None:
        self._failing = failing
        self.told: list[tuple[str, str]] = []

    def __call__(self, records: Sequence[dict[str, Any]]) -> bool:
        images = [record["dynamodb"]["NewImage"] for record in records]
        self.told += [(it["task_id"]["S"], it["status"]["S"]) for it in images]
        return not any(it["task_id"]["S"] in self._failing for it in images)


def run(announce: Announce) -> Outcome:
    return redrive(boto3.client("sqs"), Streams(), announce, QUEUE)


def count_left(queue: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    sqs: Any = boto3.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(value) for value in found.values())


def test_each_finished_task_of_a_message_is_announced_and_the_message_is_gone(queue: str) -> None:
    give_up(queue, 1, 5)
    announce = Announce()

    outcome = run(announce)

    assert announce.told == [("a", "succeeded"), ("b", "failed")]
    assert outcome == Outcome(announced=2)
    assert count_left(queue) == 0


def test_records_behind_those_of_the_message_are_left_alone(queue: str) -> None:
    give_up(queue, 2, 2)
    announce = Announce()

    run(announce)

    assert announce.told == [("a", "succeeded")]


def test_what_fails_again_or_is_forgotten_stays(queue: str) -> None:
    for number in (2, 5, 0):
        give_up(queue, number, number)

    outcome = run(Announce("a"))

    assert outcome == Outcome(announced=1, failed=1, forgotten=1)
    assert count_left(queue) == 2


class Functions:
    """Lambda, as far as this program calls it. moto would need Docker."""

    def __init__(self, result: Any, **more: str) -> None:
        self._answer = {"Payload": _Body(json.dumps(result)), **more}
        self.payload: Any = None

    def invoke(self, **request: str) -> Any:
        self.payload = json.loads(request["Payload"])
        return self._answer


class _Body:
    def __init__(self, text: str) -> None:
        self._text = text

    def read(self) -> str:
        return self._text


@pytest.mark.parametrize(
    ("functions", "is_announced"),
    [
        (Functions({"batchItemFailures": []}), True),
        (Functions({"batchItemFailures": [{"itemIdentifier": "1"}]}), False),
        (Functions({"errorMessage": "no"}, FunctionError="Unhandled"), False),
    ],
)
def test_the_answer_of_the_function_says_whether_it_worked(
    functions: Functions, is_announced: bool
) -> None:
    record = {"dynamodb": {"NewImage": {"a": {"B": b"\x00"}}, "SequenceNumber": "1"}}

    assert build_announce(functions, "spotter-test-announce")([record]) == is_announced
    assert functions.payload["Records"][0]["dynamodb"]["NewImage"] == {"a": {"B": "AA=="}}
