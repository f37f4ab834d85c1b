"""A user takes away what they have, and nobody else gets it."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.show import find_demo_photos
from infra.local.resources.steps import build_queue_name
from pipeline.core.steps import EXPORTS
from pipeline.lambdas.write_export import RESERVED_MS
from tests.e2e.conftest import User, wait_until
from tests.receivers import running_receiver
from tools.chaos.live.targets import find_mapping


def begin(user: User, **body: Any) -> str:
    answer = user.http.post("/exports", json=body)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["exportId"])


def read(user: User, export_id: str) -> Any:
    answer = user.http.get(f"/exports/{export_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def finish(user: User, export_id: str) -> Any:
    """Wait for its end, and return it."""

    def find() -> Any:
        export = read(user, export_id)
        return export if export["status"] in ("succeeded", "failed") else None

    return wait_until(find)


def test_a_user_takes_their_photos_away_and_nobody_else_gets_them(
    user: User, stranger: User
) -> None:
    photos = find_demo_photos()[:2]
    task_ids = [user.client.recognise(photo)["taskId"] for photo in photos]

    export_id = begin(user, format="originals", taskIds=task_ids)
    export = finish(user, export_id)
    file = httpx.get(export["url"])
    theirs = stranger.http.get(f"/exports/{export_id}")
    deleted = user.http.delete(f"/exports/{export_id}")

    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        assert [archive.read(name) for name in archive.namelist()] == [
            photo.read_bytes() for photo in photos
        ]
    assert (export["photos"], export["sizeBytes"]) == (2, len(file.content))
    assert "attachment" in file.headers["Content-Disposition"]
    assert (theirs.status_code, theirs.json()["code"]) == (404, "export_not_found")
    assert deleted.status_code == 204
    assert httpx.get(export["url"]).status_code in (403, 404)
    assert export_id not in [it["exportId"] for it in user.http.get("/exports").json()["exports"]]


def test_a_search_is_exported_and_an_empty_one_says_so(user: User) -> None:
    [task] = [user.client.recognise(find_demo_photos()[0])]
    name = task["labels"][0]["name"]
    wait_until(lambda: user.http.get("/results", params={"label": name}).json()["results"])

    with running_receiver() as receiver:
        hook = {"url": f"{receiver.url}/exports", "events": ["export.finished"]}
        webhook = user.http.post("/webhooks", json=hook).json()
        found = finish(user, begin(user, format="csv", label=[name]))
        [call] = wait_until(lambda: receiver.calls)
    user.http.delete(f"/webhooks/{webhook['webhookId']}")
    rows = csv.DictReader(io.StringIO(httpx.get(found["url"]).content.decode("utf-8-sig")))
    nothing = finish(user, begin(user, format="csv", query="nowhere-to-be-found"))

    assert name in {row["label"] for row in rows}
    assert json.loads(call.body)["data"]["exportId"] == found["exportId"]
    assert (nothing["status"], nothing["error"]["code"]) == ("failed", "nothing_to_export")


def test_an_export_goes_on_after_the_time_of_its_function_is_over(
    user: User, root: Clients
) -> None:
    user.client.recognise(find_demo_photos()[0])

    with no_time_to_write(root):
        export_id = begin(user, format="ndjson")
        wait_until(lambda: read(user, export_id)["status"] == "running")
        assert read(user, export_id)["photos"] == 0
    export = finish(user, export_id)

    assert export["status"] == "succeeded"
    assert export["photos"] == len(httpx.get(export["url"]).content.splitlines())


@contextmanager
def no_time_to_write(root: Clients) -> Iterator[None]:
    """Let calls of the function end before they have written a photo."""
    set_timeout(root, RESERVED_MS // 1000)
    try:
        yield
    finally:
        set_timeout(root, EXPORTS.timeout_seconds)


def set_timeout(root: Clients, seconds: int) -> None:
    """Change the function while it gets no message.

    The local AWS kills a function that it changes, and its message would come back after 90 s.
    """
    mapping = find_mapping(root, "write_export")
    root.functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        wait_until(lambda: count_hidden(root) == 0)
        root.functions.update_function_configuration(
            FunctionName=names.build_function_name("write_export"), Timeout=seconds
        )
    finally:
        root.functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def count_hidden(root: Clients) -> int:
    """The messages that a function has in hand."""
    url = root.sqs.get_queue_url(QueueName=build_queue_name(EXPORTS))["QueueUrl"]
    found = root.sqs.get_queue_attributes(
        QueueUrl=url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    return int(found["Attributes"]["ApproximateNumberOfMessagesNotVisible"])
