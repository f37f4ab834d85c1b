"""Announce the finished tasks again that `announce` gave up: webhooks and open pages are told.

The queue of failures names the places of their records in the stream, which keeps records for 24
hours. A webhook that was told already is not told twice. So this can run while the service works,
and can run again.

Run as: python -m infra.deploy.redrive spotter-ENV
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
from botocore.exceptions import ClientError

from pipeline.core.live.announcements import ANNOUNCE, is_announced

FUNCTION = "announce"
HIDDEN_SECONDS = 120
"""So long no other redrive gets the same message."""

FORGOTTEN = ("TrimmedDataAccessException", "ValidationException")
"""What a stream answers for the place of a record that it no longer has."""

Record = dict[str, Any]

Announce = Callable[[Sequence[Record]], bool]
"""Give records to the function. Returns whether all of them were announced."""


@dataclass
class Outcome:
    """What became of the messages of the queue."""

    announced: int = 0
    """Records that were announced now."""
    failed: int = 0
    """Messages that stay, because their records failed again."""
    forgotten: int = 0
    """Messages that stay, because the stream no longer has their records."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy.redrive", description=__doc__)
    parser.add_argument("name", metavar="spotter-ENV")
    name = parser.parse_args().name
    outcome = redrive(
        boto3.client("sqs"),
        boto3.client("dynamodbstreams"),
        build_announce(boto3.client("lambda"), f"{name}-{FUNCTION}"),
        f"{name}-{ANNOUNCE.failures}",
    )
    sys.stdout.write(
        f"{outcome.announced} tasks announced, {outcome.failed} failed again,"
        f" {outcome.forgotten} are too old\n"
    )
    return 1 if outcome.failed or outcome.forgotten else 0


def redrive(sqs: Any, streams: Any, announce: Announce, queue: str) -> Outcome:
    """Announce what each message of the queue stands for, and delete it where that works."""
    url = sqs.get_queue_url(QueueName=queue)["QueueUrl"]
    outcome, seen = Outcome(), set[str]()
    for message in _receive(sqs, url):
        if message["MessageId"] in seen:
            break  # Everything has been tried
        seen.add(message["MessageId"])
        try:
            records = list(read_records(streams, json.loads(message["Body"])))
        except ClientError as error:
            if error.response["Error"]["Code"] not in FORGOTTEN:
                raise
            outcome.forgotten += 1
            continue
        if records and not announce(records):
            outcome.failed += 1
            continue
        sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        outcome.announced += len(records)
    return outcome


def read_records(streams: Any, failure: Record) -> Iterator[Record]:
    """The records that a message of the queue of failures stands for."""
    place = failure["DDBStreamBatchInfo"]
    last = int(place["endSequenceNumber"])
    iterator = streams.get_shard_iterator(
        StreamArn=place["streamArn"],
        ShardId=place["shardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        SequenceNumber=place["startSequenceNumber"],
    )["ShardIterator"]
    while iterator:
        answer = streams.get_records(ShardIterator=iterator)
        for record in answer["Records"]:
            if int(record["dynamodb"]["SequenceNumber"]) > last:
                return
            if is_announced(record["dynamodb"]):
                yield record
            if int(record["dynamodb"]["SequenceNumber"]) == last:
                return
        iterator = answer.get("NextShardIterator")


def build_announce(functions: Any, name: str) -> Announce:
    """A call of the function with this name."""

    def announce(records: Sequence[Record]) -> bool:
        event = {"Records": [{"dynamodb": _as_event(record["dynamodb"])} for record in records]}
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(event, default=_encode))
        result = json.loads(answer["Payload"].read() or "null")
        return "FunctionError" not in answer and not result["batchItemFailures"]

    return announce


def _as_event(change: Record) -> Record:
    """What Lambda gives to a function of a record: times are seconds."""
    arrived_at = change.get("ApproximateCreationDateTime")
    if isinstance(arrived_at, datetime):
        return {**change, "ApproximateCreationDateTime": arrived_at.timestamp()}
    return change


def _encode(value: object) -> str:
    assert isinstance(value, bytes)
    return base64.b64encode(value).decode()


def _receive(sqs: Any, url: str) -> Iterator[Record]:
    while messages := sqs.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=HIDDEN_SECONDS
    ).get("Messages"):
        yield from messages


if __name__ == "__main__":
    sys.exit(main())
