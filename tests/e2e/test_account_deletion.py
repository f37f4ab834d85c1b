"""A user deletes the account through the API, and nothing of the user is left."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import websocket

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import request_tokens
from infra.local.resources.steps import build_queue_name
from infra.local.state import State
from pipeline.core.deletions import DeletionMessage
from pipeline.core.erasure import SECOND_LOOK_AFTER
from pipeline.core.steps import ERASURES
from pipeline.core.storage import build_upload_key
from spotter_client import SpotterError
from tests.e2e.conftest import User, wait_until
from tests.e2e.test_live import connect
from tools.chaos.live.targets import list_sockets

KEPT = {
    "deletion", "lockout", "requests", "rate", "pixels", "bytes", "stored", "waits", "new_keys",
    "new_exports",
}  # fmt: skip
"""Kinds of items that stay until they expire: receipt, lockout and what was used of the limits."""

TABLES = (
    names.TASKS_TABLE,
    names.WORDS_TABLE,
    names.EXPORTS_TABLE,
    names.STREAMS_TABLE,
    names.CONNECTIONS_TABLE,
)


def test_nothing_is_left_of_a_user_who_deleted_the_account(
    build_user: Callable[[], User], root: Clients, system: State, photo: Path
) -> None:
    user = build_user()
    socket = settle(user, root, photo)

    tokens = request_tokens(system, user.person)
    user.http.headers["Authorization"] = tokens["IdToken"]
    answer = user.http.post("/account/deletion", json={"confirmation": user.person.email})
    assert answer.status_code == 202, answer.text
    refused = user.http.get("/results")
    receipt = wait_until(lambda: find_receipt(user))
    look_again(user, root)

    assert refused.status_code == 401
    assert receipt["number"] == answer.json()["number"]
    assert (receipt["results"], receipt["pictures"], receipt["exports"]) == (1, 2, 1)
    read_until_closed(socket)
    wait_until(lambda: all(is_kept(item) for item in find_items(root, user)))
    assert list_keys(root, user) == []
    found = root.cognito.list_users(
        UserPoolId=system.user_pool_id, Filter=f'email = "{user.person.email}"'
    )
    assert found["Users"] == []
    with pytest.raises(SpotterError):
        request_tokens(system, user.person)


def settle(user: User, root: Clients, photo: Path) -> websocket.WebSocket:
    """Leave something of each kind: a result, an export, a camera, an open socket and more.

    Returns:
        The socket.
    """
    hook = {"url": "http://127.0.0.1:9999/", "events": ["export.finished"]}  # Nobody listens
    user.http.post("/webhooks", json=hook).raise_for_status()
    user.client.recognise(photo)
    export = user.http.post("/exports", json={"format": "csv"}).raise_for_status().json()
    stream = user.http.post("/streams", json={"name": "kitchen"}).raise_for_status().json()
    socket = connect(f"{stream['url']}?ticket={stream['ticket']}")
    user.http.put(
        "/account/defaults", json={"stripMetadata": True, "detail": None}
    ).raise_for_status()
    user.http.put("/account/sharing", json={"corrections": True}).raise_for_status()
    user.http.post("/keys", json={"name": "shop", "scopes": ["read"]}).raise_for_status()
    root.s3.put_object(
        Bucket=names.IMAGES_BUCKET, Key=build_upload_key(user.owner_id, "broken-off"), Body=b"x"
    )
    wait_until(lambda: any("list_id" in item for item in find_items(root, user)))
    path = f"/exports/{export['exportId']}"
    wait_until(lambda: user.http.get(path).json()["status"] == "succeeded")
    wait_until(lambda: len(list_sockets(root, user.owner_id)) == 1)
    return socket


def read_until_closed(socket: websocket.WebSocket) -> None:
    """Read what was sent before the service closed it. It fails if the socket stays open."""
    try:
        while socket.recv():
            pass
    except websocket.WebSocketConnectionClosedException:
        return
    finally:
        socket.shutdown()  # type: ignore[no-untyped-call]


def find_receipt(user: User) -> Any:
    """The receipt, when everything is deleted."""
    answer = user.http.get("/account/deletion").raise_for_status().json()
    return answer if answer["status"] == "deleted" else None


def look_again(user: User, root: Clients) -> None:
    """Let the second look come now, which otherwise comes after 75 minutes."""
    key = {"task_id": {"S": f"deletion:{user.owner_id}"}}
    stored = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
    long_ago = datetime.now(UTC) - SECOND_LOOK_AFTER
    receipt = {
        **json.loads(stored["receipt"]["S"]),
        "account_deleted_at": long_ago.isoformat(),
    }
    root.dynamodb.update_item(
        TableName=names.TASKS_TABLE,
        Key=key,
        UpdateExpression="SET receipt = :receipt",
        ExpressionAttributeValues={":receipt": {"S": json.dumps(receipt)}},
    )
    url = root.sqs.get_queue_url(QueueName=build_queue_name(ERASURES))["QueueUrl"]
    message = DeletionMessage(owner_id=user.owner_id)
    root.sqs.send_message(QueueUrl=url, MessageBody=message.model_dump_json())

    def is_over() -> bool:
        item = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
        return "looked_again_at" in item["receipt"]["S"]

    wait_until(is_over)


def find_items(root: Clients, user: User) -> list[Any]:
    """The items of all tables that name the user."""
    return [
        item
        for table in TABLES
        for page in root.dynamodb.get_paginator("scan").paginate(TableName=table)
        for item in page["Items"]
        if user.owner_id in json.dumps(item, default=str)
    ]


def is_kept(item: Any) -> bool:
    """Whether an item may stay until it expires: it says nothing about photos."""
    if "tasks" in item:  # A label that no result has any more
        return item["tasks"]["N"] == "0" and "expires_at" in item
    kind = item.get("task_id", {"S": ""})["S"].partition(":")[0]
    return kind in KEPT and "expires_at" in item


def list_keys(root: Clients, user: User) -> list[str]:
    found = root.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET).get("Contents", [])
    return [file["Key"] for file in found if user.owner_id in file["Key"]]
