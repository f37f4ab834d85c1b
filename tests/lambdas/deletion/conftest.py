"""An account with a pool, a queue and open connections, and how its user deletes it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import boto3
import pytest

from pipeline.core import erasure
from pipeline.core.deletions import Deletion, find_deletion
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection
from pipeline.core.live.push import Push
from pipeline.core.live.streams import Stream
from pipeline.lambdas import delete_account, erase_account
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.lambdas.events import Answer, call, request
from tests.live_gateway import LiveGateway, running_live_gateway

EMAIL = "ann@example.com"


QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/erasures"


@pytest.fixture(scope="module")
def sockets() -> Iterator[LiveGateway]:
    with running_live_gateway() as running:
        yield running


@pytest.fixture
def gateway(sockets: LiveGateway) -> LiveGateway:
    sockets.closed.clear()
    return sockets


@pytest.fixture(autouse=True)
def _account(_aws: None, gateway: LiveGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account in a new pool."""
    for model in (Export, Stream, Connection):
        model.create_table()
    boto3.client("sqs").create_queue(QueueName="erasures")
    cognito = boto3.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    places = erase_account.places
    monkeypatch.setattr(
        erase_account,
        "places",
        erasure.Places(places.store, places.files, cognito, pool_id, Push(gateway.url)),
    )
    cognito.admin_create_user(UserPoolId=pool_id, Username="ann")


def build_claims(**values: str) -> dict[str, str]:
    fresh = {"auth_time": str(int(time.time()) - 10)}
    return {"email": EMAIL, "cognito:username": "ann", **fresh, **values}


def post(confirmation: str = EMAIL, **claims: str) -> Answer:
    return request(
        delete_account.handler,
        "POST",
        "/account/deletion",
        body=json.dumps({"confirmation": confirmation}),
        headers={"Content-Type": "application/json"},
        claims=build_claims(**claims),
    )


def get() -> Answer:
    return request(
        delete_account.handler, "GET", "/account/deletion", claims=build_claims(auth_time="0")
    )


def receive() -> list[str]:
    """The owners in the messages of the queue."""
    found = boto3.client("sqs").receive_message(QueueUrl=QUEUE_URL, MaxNumberOfMessages=10)
    return [json.loads(message["Body"])["owner_id"] for message in found.get("Messages", [])]


def work(remaining_ms: int = 60_000) -> None:
    body = json.dumps({"owner_id": OWNER_ID})
    call(erase_account.handler, {"Records": [{"body": body}]}, remaining_ms=remaining_ms)


def get_deletion() -> Deletion:
    found = find_deletion(OWNER_ID)
    assert found
    return found


def list_keys() -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=settings.images_bucket)
    return [entry["Key"] for entry in found.get("Contents", [])]


def has_account() -> bool:
    places = erase_account.places
    return bool(places.cognito.list_users(UserPoolId=places.user_pool_id)["Users"])
