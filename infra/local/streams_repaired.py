"""Repairs of how ministack 1.5.33 feeds streams of DynamoDB to functions.

ministack's own Python imports this file, so it imports nothing of ours. `repair` puts all of it in
place.
"""

import threading
from collections.abc import Iterator, Sequence
from typing import Any

# Installed in an environment of its own
from ministack.core import concurrency  # type: ignore[import-not-found]
from ministack.core.arn import parse_arn  # type: ignore[import-not-found]
from ministack.core.responses import request_scope  # type: ignore[import-not-found]
from ministack.services import dynamodb, lambda_svc  # type: ignore[import-not-found]
from stream_batches import Actions, work_through  # type: ignore[import-not-found] # Beside this file

LOOK_SECONDS = 0.2
"""Longest time between two looks into a stream. News end the wait."""

REAPER = "dynamodb-ttl-reaper"
"""ministack's thread that removes expired items."""

iterate_mappings = lambda_svc._iter_all_esms
execute_function = lambda_svc._execute_function
wake_poller = concurrency.esm_wake.set
remove_item = dynamodb._remove_item

news = threading.Condition()
current = threading.local()
"""`current.uuid` names the mapping that this thread serves; the common thread serves none."""
served: set[str] = set()


def repair() -> None:
    """Replace ministack's own functions."""
    concurrency.esm_wake.set = wake_all
    lambda_svc._iter_all_esms = iterate_own
    lambda_svc._execute_function = execute_batch
    dynamodb._remove_item = remove_and_tell


def wake_all() -> None:
    wake_poller()
    with news:
        news.notify_all()


def is_stream(mapping: Any) -> bool:
    return bool(parse_arn(mapping["EventSourceArn"]).service == "dynamodb")


def iterate_own() -> Iterator[Any]:
    """Show each thread its own mapping, and the common thread the queues only.

    ministack serves all mappings in one thread: a slow function would delay all others.
    """
    own = getattr(current, "uuid", None)
    for account, region, mapping in iterate_mappings():
        if own is not None:
            if mapping["UUID"] == own:
                yield account, region, mapping
        elif not is_stream(mapping):
            yield account, region, mapping
        elif mapping["UUID"] not in served:
            served.add(mapping["UUID"])
            name = f"stream-{mapping['FunctionName']}"
            threading.Thread(target=serve, args=(mapping["UUID"],), daemon=True, name=name).start()


def find_mapping(uuid: str) -> Any:
    """The mapping; None after it was deleted."""
    return next((it for *_, it in iterate_mappings() if it["UUID"] == uuid), None)


def serve(uuid: str) -> None:
    """Read the stream of one mapping until the mapping is deleted."""
    current.uuid = uuid
    try:
        while find_mapping(uuid) is not None:
            if not look(uuid):
                with news:
                    news.wait(LOOK_SECONDS)
    finally:
        served.discard(uuid)


def look(uuid: str) -> bool:
    """Whether there was something to do."""
    try:
        return bool(lambda_svc._poll_dynamodb_streams())
    except Exception:
        lambda_svc.logger.exception("Stream mapping %s", uuid)
        return False


def execute_batch(function: Any, event: Any) -> Any:
    """Call a function; for a stream's records, as often as its mapping says."""
    uuid = getattr(current, "uuid", None)
    mapping = find_mapping(uuid) if uuid else None
    if mapping is None:
        return execute_function(function, event)

    def invoke(records: Sequence[Any]) -> Any:
        return execute_function(function, {"Records": list(records)})

    def discard(records: Sequence[Any], result: Any, reason: str) -> None:
        lambda_svc._send_ddb_stream_failure_record(
            mapping, function, list(records), mapping["EventSourceArn"], result, reason
        )

    def is_wanted() -> bool:
        return find_mapping(mapping["UUID"]) is not None

    result = work_through(event["Records"], mapping, Actions(invoke, discard, is_wanted))
    # All records are handled or discarded, so ministack may go on behind them.
    return {**result, "error": False, "body": None}


def remove_and_tell(table: Any, *key: Any) -> Any:
    """Write a record of what time to live removes, as DynamoDB does."""
    old = remove_item(table, *key)
    if old is not None and threading.current_thread().name == REAPER:
        arn = parse_arn(table["TableArn"])
        name = table["TableName"]
        with request_scope(arn.account_id, arn.region):
            end = dynamodb.stream_end_position(name)
            dynamodb._emit_stream_event(name, "REMOVE", old, None)
            for record in dynamodb.stream_records_since(name, end, 1):
                record["userIdentity"] = {
                    "type": "Service",
                    "principalId": "dynamodb.amazonaws.com",
                }
    return old
