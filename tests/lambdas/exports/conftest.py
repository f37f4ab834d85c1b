"""A table, a queue and photos for the tests of exports."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from pipeline.core.exports import record
from pipeline.core.exports.files import ExportFiles, build_file_key
from pipeline.core.exports.record import Export
from pipeline.core.exports.selection import Selection
from pipeline.core.search import index
from pipeline.core.steps import EXPORTS
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import write_export
from tests.environment import settings
from tests.examples import OWNER_ID, build_task, succeed
from tests.lambdas.events import call

QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/exports"


@pytest.fixture(autouse=True)
def _exports(_aws: None) -> None:
    Export.create_table()
    boto3.client("sqs").create_queue(QueueName="exports", Attributes={"VisibilityTimeout": "0"})


def add_photo(name: str | None = "cat.jpg", owner_id: str = OWNER_ID, **values: Any) -> Task:
    """A finished photo that a search finds."""
    task = build_task(owner_id, file_name=name, **values)
    transitions.insert(task)
    ImageStore(settings.images_bucket).put(task.image_key, f"{name}".encode(), "image/jpeg")
    succeed(task.task_id)
    task.refresh()
    index.put(task)
    return task


def receive() -> Iterator[dict[str, Any]]:
    """The messages of the queue as Lambda gets them; each is deleted if the caller goes on."""
    sqs = boto3.client("sqs")
    while found := sqs.receive_message(
        QueueUrl=QUEUE_URL, MessageSystemAttributeNames=["ApproximateReceiveCount"]
    ).get("Messages"):
        for message in found:
            yield {"body": message["Body"], "attributes": message["Attributes"]}
            sqs.delete_message(QueueUrl=QUEUE_URL, ReceiptHandle=message["ReceiptHandle"])


def work(remaining_ms: int = 60_000) -> int:
    """Let the function handle all messages, also those that it sends; return how many."""
    handled = 0
    for message in receive():
        call(write_export.handler, {"Records": [message]}, remaining_ms=remaining_ms)
        handled += 1
    return handled


def build_message(export: Export, receive_count: int = 1) -> dict[str, Any]:
    """The event of one message of the queue."""
    body = json.dumps({"owner_id": export.owner_id, "export_id": export.export_id})
    return {
        "Records": [{"body": body, "attributes": {"ApproximateReceiveCount": str(receive_count)}}]
    }


def read_file(export: Export) -> bytes:
    """The finished file."""
    file = ExportFiles(settings.images_bucket).find(build_file_key(export))
    assert file is not None
    return file


def unzip(export: Export) -> dict[str, bytes]:
    """The files of a finished archive, by name. Its checksums are right."""
    with zipfile.ZipFile(io.BytesIO(read_file(export))) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def begin(export_format: str, selection: Selection | None = None) -> Export:
    export = Export(OWNER_ID, format=export_format, selection=(selection or Selection()).dump())
    record.insert(export)
    return export


def write(export: Export, remaining_ms: int = 60_000, receive_count: int = 1) -> None:
    event = build_message(export, receive_count)
    call(write_export.handler, event, remaining_ms=remaining_ms)
    export.refresh()


def list_ids() -> list[str]:
    """Newest first."""
    found = Task.by_owner.query(OWNER_ID, scan_index_forward=False)
    return [task.task_id for task in found]


LAST_RECEIVE = EXPORTS.max_receives
