"""Exports with the client, on the functions that make them."""

from pathlib import Path

import boto3
import httpx
import pytest

from pipeline.core.exports.record import Export
from spotter_client import ApiError, Retries, Search, Spotter, TokenAuth
from tests.clients.service import API, FunctionTransport
from tests.lambdas.exports.conftest import add_photo, work


@pytest.fixture
def exporter(spotter: Spotter, transport: FunctionTransport) -> Spotter:
    Export.create_table()
    boto3.client("sqs").create_queue(QueueName="exports", Attributes={"VisibilityTimeout": "0"})
    return spotter


def test_an_export_is_made_waited_for_and_saved(exporter: Spotter, tmp_path: Path) -> None:
    task = add_photo()
    add_photo()

    begun = exporter.exports.create("ndjson", Search(file_name="cat"), task_ids=None)
    work()
    done = exporter.exports.wait(begun.export_id)
    saved = exporter.exports.save(done, tmp_path / "results.ndjson")

    assert (begun.photos, done.photos) == (0, 2)
    assert task.task_id in saved.read_text()
    assert [it.name for it in tmp_path.iterdir()] == ["results.ndjson"]


def test_an_export_can_be_listed_and_deleted(exporter: Spotter) -> None:
    begun = exporter.exports.create("csv")

    assert [it.export_id for it in exporter.exports.list_all()] == [begun.export_id]
    exporter.exports.delete(begun.export_id)
    assert exporter.exports.list_all() == []


def test_a_broken_download_leaves_no_file(exporter: Spotter, tmp_path: Path) -> None:
    add_photo()
    begun = exporter.exports.create("csv")
    work()
    done = exporter.exports.wait(begun.export_id)
    gone = httpx.MockTransport(lambda _: httpx.Response(403, text="The address has expired"))
    other = Spotter(API, TokenAuth("token"), retries=Retries(count=0), transport=gone)

    with pytest.raises(ApiError, match="expired"):
        other.exports.save(done, tmp_path / "results.csv")

    assert list(tmp_path.iterdir()) == []
