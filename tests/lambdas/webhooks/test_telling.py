"""Who tells webhooks: the stream of tasks and the writer of exports. An erasure ends it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest

from pipeline.core import erasure
from pipeline.core.exports import record as export_record
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection, add_connection
from pipeline.core.live.push import Push
from pipeline.core.regions import Regions
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks.deliveries import Delivery, list_newest
from pipeline.core.webhooks.record import Webhook, list_webhooks
from pipeline.lambdas import announce, erase_account, write_export
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import call
from tests.lambdas.exports import conftest as exporting
from tests.lambdas.webhooks.conftest import create, finish_task, list_all, tell, work
from tests.live_gateway import running_live_gateway
from tests.receivers import Receiver


def build_change(task: Task, written_at: datetime | None = None) -> dict[str, Any]:
    change: dict[str, Any] = {"SequenceNumber": task.task_id, "NewImage": task.serialize()}
    if written_at:
        change["ApproximateCreationDateTime"] = written_at.timestamp()
    return {"eventID": "1", "dynamodb": change}


@pytest.fixture(autouse=True)
def _tables(_aws: None) -> None:
    Connection.create_table()
    Export.create_table()


def test_the_stream_of_tasks_tells_webhooks(receiver: Receiver, webhook: Webhook) -> None:
    task = finish_task()

    for _ in range(2):  # The stream may bring a record twice
        answer = call(announce.handler, {"Records": [build_change(task)]})
    work()

    assert answer == {"batchItemFailures": []}
    assert [json.loads(it.body)["data"]["taskId"] for it in receiver.calls] == [task.task_id]


def test_of_two_regions_only_the_home_of_a_task_tells_webhooks(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The streams of both regions have the change."""
    task, names = finish_task(), ("us-east-1", "eu-west-1")
    told = []
    for here in reversed(names):
        monkeypatch.setattr(announce, "regions", Regions(here, names))
        call(announce.handler, {"Records": [build_change(task)]})
        told.append(len(list_all(webhook)))

    assert told == [0, 1]


def test_a_socket_that_cannot_be_reached_does_not_hold_up_webhooks(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_connection("broken", OWNER_ID)
    now = datetime.now(UTC)
    fresh = build_change(finish_task(), now)
    old = build_change(finish_task(), now - timedelta(minutes=2))
    with running_live_gateway() as gateway:
        gateway.statuses["broken"] = HTTPStatus.FORBIDDEN
        monkeypatch.setattr(announce, "push", Push(gateway.url))

        repeated = call(announce.handler, {"Records": [fresh]})
        passed = call(announce.handler, {"Records": [old]})

    assert repeated["batchItemFailures"] != []
    assert passed == {"batchItemFailures": []}
    assert len(list_all(webhook)) == 2


def test_a_written_export_is_told_also_by_a_repeat_of_its_message(
    receiver: Receiver, webhook: Webhook
) -> None:
    exporting.add_photo()
    export = Export(OWNER_ID, format="ndjson", selection={})
    export_record.insert(export)
    message = exporting.build_message(export)

    for _ in range(2):
        call(write_export.handler, message, remaining_ms=60_000)
    work()

    [sent] = receiver.calls
    told = json.loads(sent.body)
    assert (told["type"], told["data"]["status"]) == ("export.finished", "succeeded")
    assert (told["data"]["exportId"], told["data"]["photos"]) == (export.export_id, 1)


def test_an_export_that_fails_is_told_too(receiver: Receiver, webhook: Webhook) -> None:
    export = Export(OWNER_ID, format="ndjson", selection={})  # There is nothing to export
    export_record.insert(export)

    call(write_export.handler, exporting.build_message(export), remaining_ms=60_000)
    work()

    told = json.loads(receiver.calls[0].body)
    assert told["data"]["error"]["code"] == "nothing_to_export"


def test_an_erasure_deletes_webhooks_and_what_they_had_to_send(webhook: Webhook) -> None:
    other = create("https://hooks.example.com/", OTHER_OWNER_ID)
    tell(*(finish_task() for _ in range(erasure.BATCH + 1)))
    tell(finish_task(OTHER_OWNER_ID))
    kinds = [erasure._KINDS[name] for name in ("deliveries", "webhooks")]

    for kind in kinds:
        while names := kind.find(OWNER_ID, erase_account.places):
            for name in names:
                kind.delete(OWNER_ID, name, erase_account.places)

    assert list_webhooks(OWNER_ID) == []
    assert list_newest(webhook.webhook_id, 10) == []
    assert [it.webhook_id for it in list_webhooks(OTHER_OWNER_ID)] == [other.webhook_id]
    assert Delivery.count() == 1
