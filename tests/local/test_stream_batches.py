"""A batch that fails ends as AWS Lambda ends it: handled, or discarded one by one."""

import json
import time
from collections.abc import Callable, Sequence
from typing import Any

from infra.local.stream_batches import Actions, work_through

REPORTS = {"FunctionResponseTypes": ["ReportBatchItemFailures"]}
Invoke = Callable[[Sequence[Any]], Any]


def build_records(*numbers: int, age: float = 0) -> list[Any]:
    arrived = time.time() - age
    return [
        {"dynamodb": {"SequenceNumber": str(it), "ApproximateCreationDateTime": arrived}}
        for it in numbers
    ]


class Shard:
    """Notes what is done with the records of a batch."""

    def __init__(self, invoke: Invoke) -> None:
        self.calls: list[list[int]] = []
        self.discarded: list[tuple[list[int], str]] = []
        self.waits: list[float] = []
        self.is_wanted = True
        self._invoke = invoke

    def work(self, records: list[Any], **mapping: Any) -> None:
        actions = Actions(self.invoke, self.discard, lambda: self.is_wanted, self.waits.append)
        work_through(records, mapping, actions)

    def invoke(self, records: Sequence[Any]) -> Any:
        self.calls.append(read_numbers(records))
        return self._invoke(records)

    def discard(self, records: Sequence[Any], result: Any, reason: str) -> None:
        self.discarded.append((read_numbers(records), reason))


def read_numbers(records: Sequence[Any]) -> list[int]:
    return [int(it["dynamodb"]["SequenceNumber"]) for it in records]


def succeed(records: Sequence[Any]) -> Any:
    return {"body": None}


def fail(records: Sequence[Any]) -> Any:
    return {"error": True}


def report(poison: int) -> Invoke:
    """A function that names the poison record as the first that failed."""

    def invoke(records: Sequence[Any]) -> Any:
        failures = [{"itemIdentifier": str(it)} for it in read_numbers(records) if it == poison]
        return {"body": json.dumps({"batchItemFailures": failures})}

    return invoke


def test_a_batch_that_succeeds_is_sent_once() -> None:
    shard = Shard(succeed)

    shard.work(build_records(1, 2), **REPORTS)

    assert shard.calls == [[1, 2]]
    assert shard.discarded == []


def test_a_failed_batch_is_tried_so_often_and_then_discarded() -> None:
    shard = Shard(fail)

    shard.work(build_records(1, 2), MaximumRetryAttempts=2)

    assert shard.calls == [[1, 2]] * 3
    assert shard.discarded == [([1, 2], "RetryAttemptsExhausted")]
    assert shard.waits == [0.2, 0.4]


def test_what_came_before_the_reported_record_is_not_sent_again() -> None:
    shard = Shard(report(poison=2))

    shard.work(build_records(1, 2, 3), **REPORTS, MaximumRetryAttempts=1)

    assert shard.calls == [[1, 2, 3], [2, 3]]
    assert shard.discarded == [([2, 3], "RetryAttemptsExhausted")]


def test_a_report_counts_only_if_the_mapping_asks_for_it() -> None:
    shard = Shard(report(poison=1))

    shard.work(build_records(1))

    assert shard.calls == [[1]]


def test_a_report_of_an_unknown_record_fails_the_whole_batch() -> None:
    shard = Shard(lambda records: {"body": {"batchItemFailures": [{"itemIdentifier": "?"}]}})

    shard.work(build_records(1, 2), **REPORTS, MaximumRetryAttempts=0)

    assert shard.discarded == [([1, 2], "RetryAttemptsExhausted")]


def test_a_poison_record_is_found_by_halves_and_only_it_is_discarded() -> None:
    shard = Shard(report(poison=3))

    shard.work(
        build_records(1, 2, 3, 4),
        **REPORTS,
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
    )

    assert shard.discarded == [([3], "RetryAttemptsExhausted")]
    assert [4] in shard.calls
    assert sum(1 in call for call in shard.calls) == 1


def test_a_record_that_is_too_old_is_discarded_after_one_try() -> None:
    shard = Shard(fail)

    shard.work(build_records(1, age=100), MaximumRecordAgeInSeconds=60)

    assert shard.calls == [[1]]
    assert shard.discarded == [([1], "MaxRecordAgeExceeded")]


def test_without_limits_a_batch_is_tried_until_it_succeeds() -> None:
    shard = Shard(lambda records: fail(records) if len(shard.calls) < 9 else succeed(records))

    shard.work(build_records(1), MaximumRetryAttempts=-1, MaximumRecordAgeInSeconds=-1)

    assert len(shard.calls) == 9
    assert shard.waits[-1] == 10


def test_a_deleted_mapping_ends_the_tries() -> None:
    def fail_once(records: Sequence[Any]) -> Any:
        shard.is_wanted = False
        return {"error": True}

    shard = Shard(fail_once)

    shard.work(build_records(1))

    assert shard.calls == [[1]]
