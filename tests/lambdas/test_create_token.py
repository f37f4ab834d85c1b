"""A key is exchanged for a token; everything else is refused alike."""

import base64
import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pipeline.core.keys.record import Scope, create_key, list_keys, revoke_key
from pipeline.core.keys.text import KeyText, make_key
from pipeline.core.keys.tokens import find_key_of_token
from pipeline.core.tasks.lockouts import lock_out
from pipeline.lambdas import create_token
from pipeline.lambdas.create_token import find_caller
from pipeline.lambdas.limits import TokenBucket
from tests.examples import OWNER_ID
from tests.lambdas.events import Answer, get_metrics, request

CLAIMS = base64.urlsafe_b64encode(b'{"jti":"token-1"}').decode().rstrip("=")
ID_TOKEN = f"e30.{CLAIMS}.c2ln"


@dataclass
class Pool:
    """The user pool. It knows who signs in, and lets them in unless it is closed."""

    is_open: bool = True
    signed_in: list[str] = field(default_factory=list)
    fault: Exception | None = None

    def sign_in(self, account: str, key: str) -> str | None:
        self.signed_in.append(account)
        if self.fault:
            raise self.fault
        return ID_TOKEN if self.is_open else None


@pytest.fixture(autouse=True)
def pool(monkeypatch: pytest.MonkeyPatch) -> Pool:
    pool = Pool()
    monkeypatch.setattr(create_token, "sign_in", pool)
    return pool


def make(**parts: Any) -> KeyText:
    return create_key(OWNER_ID, "account", name="shop", scopes=[Scope.READ], **parts).text


def exchange(key: Any, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json", **parts.pop("headers", {})}
    body = parts.pop("body", json.dumps({"key": key}))
    return request(
        create_token.handler,
        "POST",
        "/token",
        body=body,
        headers=headers,
        owner_id=None,
        **parts,
    )


def test_a_key_becomes_a_token_of_its_owner(pool: Pool) -> None:
    key = make()

    answer = exchange(key.text)

    assert (answer.status, answer.body) == (200, {"idToken": ID_TOKEN, "expiresIn": 900})
    assert answer.headers["Cache-Control"] == "no-store"
    assert pool.signed_in == ["account"]
    [listed] = list_keys(OWNER_ID)
    assert listed.last_used_at is not None
    assert find_key_of_token(OWNER_ID, "token-1") == listed


def test_wrong_keys_are_refused_alike_and_ask_no_user_pool(
    pool: Pool, capsys: pytest.CaptureFixture[str]
) -> None:
    revoked, ended = make(), make(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    revoke_key(OWNER_ID, revoked.key_id)
    kept = make()
    wrong = [
        "",
        "password",
        make_key(OWNER_ID).text,
        revoked.text,
        ended.text,
        f"{kept.text[:60]}{'B' if kept.text[60] == 'A' else 'A'}{kept.text[61:]}",
    ]

    answers = [exchange(text) for text in wrong]

    assert {answer.status for answer in answers} == {401}
    assert len({answer.body["detail"] for answer in answers}) == 1
    assert {answer.body["code"] for answer in answers} == {"wrong_key"}
    assert pool.signed_in == []
    assert get_metrics(capsys.readouterr().out)["KeysRefused"] == len(wrong)


def test_the_key_of_a_user_who_is_locked_out_is_refused(pool: Pool) -> None:
    key = make()
    lock_out(OWNER_ID)

    assert exchange(key.text).body["code"] == "wrong_key"
    assert pool.signed_in == []


def test_a_user_pool_that_refuses_leaves_no_token(pool: Pool) -> None:
    key = make()
    pool.is_open = False

    assert exchange(key.text).body["code"] == "wrong_key"
    assert list_keys(OWNER_ID)[0].last_used_at is None


@pytest.mark.parametrize(
    "fault",
    [
        EndpointConnectionError(endpoint_url="https://cognito"),
        ClientError({"Error": {"Code": "TooManyRequestsException"}}, "AdminInitiateAuth"),
        ClientError({"ResponseMetadata": {"HTTPStatusCode": 500}}, "AdminInitiateAuth"),  # type: ignore[typeddict-item]
    ],
)
def test_a_user_pool_that_does_not_answer_is_worth_another_try(
    pool: Pool, fault: Exception
) -> None:
    pool.fault = fault

    answer = exchange(make().text)

    assert (answer.status, answer.body["code"]) == (503, "service_unavailable")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    "parts",
    [
        {"body": "{"},
        {"body": "{}"},
        {"body": '{"key": 5}'},
        {"body": '{"key": "a", "b": 1}'},
        {"body": json.dumps({"key": "x" * 201})},
    ],
)
def test_other_bodies_are_refused(parts: dict[str, str]) -> None:
    answer = exchange("", **parts)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")


def test_only_json_is_read() -> None:
    answer = exchange("", headers={"Content-Type": "text/plain"})

    assert answer.status == 415


def test_an_address_cannot_exchange_without_end() -> None:
    limit = create_token.EXCHANGES
    full_at = datetime.now(UTC).timestamp() + limit.burst / limit.per_second + 60
    TokenBucket("token:192.0.2.1", full_at=full_at).save()

    answer = exchange(make().text)

    assert (answer.status, answer.body["code"]) == (429, "too_many_requests")
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize(
    ("first", "second", "is_one_caller"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_all_addresses_of_one_line_are_one_caller(
    first: str, second: str, is_one_caller: bool
) -> None:
    assert (find_caller(first) == find_caller(second)) == is_one_caller


def test_no_log_has_the_key_or_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = make()

    exchange(key.text)
    exchange(make_key(OWNER_ID).text)

    records = json.dumps([record.__dict__ for record in caplog.records], default=str)
    assert key.key_id in records
    assert key.text[20:] not in records
    assert ID_TOKEN not in records
