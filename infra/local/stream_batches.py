"""What AWS Lambda does with a batch of a stream's records that a function could not handle.

ministack takes a reported failure for a success, and repeats a failed batch for ever.
https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-errors.html

ministack's own Python imports this file, so it imports nothing of ours.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 10.0
NO_LIMIT = -1

Record = Mapping[str, Any]
Result = Mapping[str, Any]
"""What a function answered: `error`, `throttle` and `body`, as ministack has them."""


@dataclass(frozen=True)
class Actions:
    """What the work on a batch does to the world around it."""

    invoke: Callable[[Sequence[Record]], Result]
    discard: Callable[[Sequence[Record], Result, str], None]
    """Send the place of the records, the last answer and the reason to the queue of failures."""
    is_wanted: Callable[[], bool]
    """Whether the mapping is still there."""
    wait: Callable[[float], None] = time.sleep


def work_through(records: Sequence[Record], mapping: Mapping[str, Any], actions: Actions) -> Result:
    """Invoke the function until each record is handled or discarded.

    Args:
        mapping: The settings of the mapping by Lambda's own names.

    Returns:
        The last answer of the function.
    """
    pending = [(list(records), 0)]
    result: Result = {}
    while pending and actions.is_wanted():
        batch, tries = pending.pop(0)
        result = actions.invoke(batch)
        done = count_handled(batch, result, mapping)
        rest, tries = batch[done:], 0 if done else tries
        if not rest:
            continue
        if mapping.get("BisectBatchOnFunctionError") and len(rest) > 1:
            half = len(rest) // 2
            pending[:0] = [(rest[:half], tries), (rest[half:], tries)]
        elif reason := find_end(rest[0], tries, mapping):
            actions.discard(rest, result, reason)
        else:
            pending.insert(0, (rest, tries + 1))
            actions.wait(min(FIRST_WAIT_SECONDS * 2**tries, LONGEST_WAIT_SECONDS))
    return result


def count_handled(batch: Sequence[Record], result: Result, mapping: Mapping[str, Any]) -> int:
    """How many records at the start of the batch need no further call."""
    if result.get("error") or result.get("throttle"):
        return 0
    if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or ()):
        return len(batch)
    body = result.get("body")
    answer = json.loads(body or "null") if isinstance(body, str | bytes) else body
    failures = (answer or {}).get("batchItemFailures") or []
    if not failures:
        return len(batch)
    named = {failure.get("itemIdentifier") for failure in failures}
    # An identifier that no record has fails the whole batch.
    return next((i for i, it in enumerate(batch) if read_sequence_number(it) in named), 0)


def find_end(record: Record, tries: int, mapping: Mapping[str, Any]) -> str | None:
    """Why the record is not tried again; None if it is."""
    if tries >= _read_limit(mapping, "MaximumRetryAttempts"):
        return "RetryAttemptsExhausted"
    if time.time() - read_arrival(record) > _read_limit(mapping, "MaximumRecordAgeInSeconds"):
        return "MaxRecordAgeExceeded"
    return None


def read_sequence_number(record: Record) -> Any:
    """The record's place in its stream."""
    return record["dynamodb"]["SequenceNumber"]


def read_arrival(record: Record) -> float:
    """When the record came into the stream, in seconds since 1970."""
    return float(record["dynamodb"]["ApproximateCreationDateTime"])


def _read_limit(mapping: Mapping[str, Any], name: str) -> float:
    limit = mapping.get(name)
    return float("inf") if limit in (None, NO_LIMIT) else float(limit or 0)
