"""People make, list and revoke their API keys."""

import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.dynamo import bind
from pipeline.core.keys.record import MAX_KEYS, KeysItem, find_account
from pipeline.core.keys.text import read_key
from pipeline.core.live.connections import Connection
from pipeline.lambdas import keys
from pipeline.lambdas.limits import TokenBucket
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request

NEW: dict[str, Any] = {"name": "shop server", "scopes": ["read"]}
PERSON = {"cognito:username": "account"}


@pytest.fixture(autouse=True)
def _connections(_aws: None) -> None:
    bind("us-east-1", {Connection: "connections"})
    Connection.create_table()


def post(body: Any = NEW, **parts: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Content-Type": "application/json", **parts.pop("headers", {})}
    claims = {**PERSON, **parts.pop("claims", {})}
    return request(
        keys.handler, "POST", "/keys", body=text, headers=headers, claims=claims, **parts
    )


def get(**parts: Any) -> Any:
    return request(keys.handler, "GET", "/keys", **parts).body["keys"]


def delete(key_id: str, **parts: Any) -> Answer:
    return request(keys.handler, "DELETE", f"/keys/{key_id}", **parts)


def test_a_key_is_shown_once() -> None:
    made = post()

    assert made.status == 201
    text = read_key(made.body["key"])
    assert text is not None
    assert find_account(text) == "account"
    [listed] = get()
    assert listed == {name: value for name, value in made.body.items() if name != "key"}
    assert made.body["key"].startswith(listed["prefix"])


def test_a_key_has_what_was_asked_for() -> None:
    ends_at = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)

    body = post(
        {
            **NEW,
            "scopes": ["write", "read", "write"][:2],
            "endsAt": ends_at.isoformat(),
            "dailyLimit": 5,
        }
    ).body

    assert body["scopes"] == ["read", "write"]
    assert datetime.fromisoformat(body["endsAt"]) == ends_at
    assert (body["dailyLimit"], body["lastUsedAt"]) == (5, None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 81},
        {"name": "two\nlines"},
        {"scopes": []},
        {"scopes": ["admin"]},
        {"endsAt": "2020-01-01T00:00:00Z"},
        {"endsAt": "2099-01-01T00:00:00"},
        {"endsAt": 5},
        {"dailyLimit": 0},
        {"dailyLimit": "many"},
        {"color": "red"},
    ],
)
def test_a_wrong_wish_is_refused(wrong: dict[str, Any]) -> None:
    answer = post({**NEW, **wrong})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert get() == []


def test_only_json_is_read() -> None:
    answer = post(headers={"Content-Type": "text/plain"})

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def test_a_program_that_signs_in_as_itself_makes_no_keys() -> None:
    answer = post(claims={"token_use": "access", "client_id": OWNER_ID})

    assert (answer.status, answer.body["code"]) == (403, "key_not_allowed")


def test_there_is_a_limit_of_keys_and_of_new_ones() -> None:
    made = [post().body["keyId"] for _ in range(MAX_KEYS)]
    full = post()
    for key_id in made:
        delete(key_id)
    again = [post().status for _ in range(int(keys.NEW_KEYS.burst) - MAX_KEYS)]

    assert (full.status, full.body["code"]) == (409, "too_many_keys")
    assert str(MAX_KEYS) in full.body["detail"]
    # The refused one counts too.
    assert again == [201] * (len(again) - 1) + [429]


def test_what_others_have_is_not_there() -> None:
    key_id = post().body["keyId"]

    answer = delete(key_id, owner_id=OTHER_OWNER_ID)

    assert get(owner_id=OTHER_OWNER_ID) == []
    assert (answer.status, answer.body["code"]) == (404, "key_not_found")
    assert len(get()) == 1


def test_a_key_is_revoked_once() -> None:
    key_id = post().body["keyId"]

    answers = [delete(key_id) for _ in range(2)]

    assert [answer.status for answer in answers] == [204, 404]
    assert get() == []


def test_an_id_that_is_none_is_not_found() -> None:
    assert delete("1").body["code"] == "key_not_found"


def test_no_log_has_the_key(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    made = post().body

    records = json.dumps([record.__dict__ for record in caplog.records], default=str)
    assert made["keyId"] in records
    assert made["key"][20:] not in records


def test_new_keys_are_charged_to_their_user_and_the_keys_do_not_expire() -> None:
    """The item of the keys must not be that of the limit, which DynamoDB deletes after a day."""
    post()

    assert TokenBucket.get(f"new_keys:{OWNER_ID}").full_at
    stored = KeysItem._get_connection().get_item(f"keys:{OWNER_ID}")["Item"]
    assert TokenBucket.expires_at.attr_name not in stored
    assert TokenBucket.full_at.attr_name not in stored
