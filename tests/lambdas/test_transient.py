"""An error of DynamoDB that passes by itself answers 503, however PynamoDB passes it on."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.tasks.record import Task
from pipeline.lambdas import cancel_result, get_result, result_versions
from tests.examples import build_task, save_result
from tests.lambdas.events import Answer, request

JSON = {"Content-Type": "application/json"}


@contextmanager
def answering(operation: str, status: int, code: str, **more: Any) -> Iterator[None]:
    """DynamoDB answers so, after the retries of the client."""
    answer = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}, **more}

    def refuse(**_: object) -> tuple[SimpleNamespace, dict[str, Any]]:
        return SimpleNamespace(status_code=status), answer

    events: Any = Task._get_connection().connection.client.meta.events
    events.register(f"before-call.dynamodb.{operation}", refuse)
    try:
        yield
    finally:
        events.unregister(f"before-call.dynamodb.{operation}", refuse)


def ask_again(task: Task) -> Answer:
    path = f"/results/{task.task_id}/versions"
    return request(result_versions.handler, "POST", path, body=json.dumps({}), headers=JSON)


def test_a_fault_of_dynamodb_asks_for_a_repeat() -> None:
    task = save_result()

    with answering("GetItem", 500, "InternalServerError"):
        answer = request(get_result.handler, "GET", f"/results/{task.task_id}")

    assert (answer.status, answer.body["code"]) == (503, "service_unavailable")


def test_a_write_during_a_transaction_asks_for_a_repeat() -> None:
    task = build_task()
    task.save()

    with answering("UpdateItem", 400, "TransactionConflictException"):
        answer = request(cancel_result.handler, "POST", f"/results/{task.task_id}/cancel")

    assert (answer.status, answer.body["code"]) == (503, "service_unavailable")


@pytest.mark.parametrize("reason", ["TransactionConflict", "ThrottlingError"])
def test_a_new_version_during_another_write_asks_for_a_repeat(
    reason: str, queue: TaskQueue
) -> None:
    task = save_result()
    reasons = [{"Code": reason}, {"Code": "None"}, {"Code": "None"}]

    with answering(
        "TransactWriteItems", 400, "TransactionCanceledException", CancellationReasons=reasons
    ):
        answer = ask_again(task)

    assert (answer.status, answer.body["code"]) == (503, "service_unavailable")
    assert ask_again(task).status == 202
