"""Operators see the API keys of a user and revoke them."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from pipeline.core.keys.record import (
    ApiKey,
    KeysItem,
    Scope,
    create_key,
    list_keys,
    revoke_key,
)
from pipeline.core.live.connections import add_connection
from pipeline.core.usage import Amounts, count_usage
from portal.actions.items import AuditItem
from tests.live_gateway import LiveGateway
from tests.portal.examples import create_user


@pytest.fixture
def ann() -> str:
    return create_user("ann@example.com")


def make(owner_id: str, name: str) -> ApiKey:
    return create_key(owner_id, owner_id, name=name, scopes=[Scope.READ], daily_limit=7).stored


def read(client: Client, user: str) -> str:
    return html.unescape(client.get(f"/users/user/{user}/change/").content.decode())


def revoke(client: Client, user: str, *key_ids: str) -> str:
    path = f"/users/user/operations/revoke-keys/?id={user}"
    answers = {"keys": list(key_ids), "reason": "Found in a public repository"}
    return html.unescape(client.post(path, answers, follow=True).content.decode())


def test_keys_and_what_was_sent_are_shown_without_secrets(viewer: Client, ann: str) -> None:
    key = make(ann, "shop server")
    count_usage(ann, Amounts(photos=3, size_bytes=5000), key_id=key.key_id)

    page = read(viewer, ann)

    assert "shop server" in page
    assert key.shown in page
    assert key.hash not in page
    assert "3 photos" in page


def test_a_user_without_keys_has_none_to_revoke(operator: Client, ann: str) -> None:
    assert "No keys." in read(operator, ann)
    assert "the user has no API keys" in revoke(operator, ann, "x")


def test_chosen_keys_are_revoked_and_audited(
    operator: Client, ann: str, gateway: LiveGateway
) -> None:
    stolen, kept = make(ann, "stolen"), make(ann, "kept")
    add_connection("a=", ann)

    revoke(operator, ann, stolen.key_id)

    assert list_keys(ann) == [kept]
    assert gateway.closed == ["a="]
    [entry] = [it for it in AuditItem.scan() if it.action == "Revoke API keys"]
    assert entry.detail == f"Revoked: stolen ({stolen.shown})"
    assert entry.reason == "Found in a public repository"


def test_a_key_that_the_user_revokes_at_the_same_time_keeps_no_socket(
    operator: Client, ann: str, gateway: LiveGateway
) -> None:
    keys = [make(ann, "one"), make(ann, "two")]
    add_connection("a=", ann)
    events: Any = KeysItem._get_connection().connection.client.meta.events

    def be_faster(params: dict[str, str], **_: object) -> None:
        if "keys:" in str(params):
            events.unregister("before-call.dynamodb.UpdateItem", be_faster)
            revoke_key(ann, keys[0].key_id)

    events.register("before-call.dynamodb.UpdateItem", be_faster)
    revoke(operator, ann, *(key.key_id for key in keys))

    assert list_keys(ann) == []
    assert gateway.closed == ["a="]


def test_somebody_must_choose_a_key_that_the_user_has(operator: Client, ann: str) -> None:
    key = make(ann, "shop")
    other = create_user("ben@example.com")
    foreign = make(other, "foreign")

    revoke(operator, ann)
    revoke(operator, ann, foreign.key_id)

    assert (list_keys(ann), list_keys(other)) == ([key], [foreign])
    assert not [it for it in AuditItem.scan() if it.action == "Revoke API keys"]


def test_a_viewer_revokes_nothing(viewer: Client, ann: str) -> None:
    key = make(ann, "shop")

    revoke(viewer, ann, key.key_id)

    assert list_keys(ann) == [key]
