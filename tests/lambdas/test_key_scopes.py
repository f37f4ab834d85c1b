"""What a request with the token of a key may do, on every route of the API."""

import importlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.keys.record import Scope, revoke_key
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task
from pipeline.lambdas import delete_account, list_results
from pipeline.lambdas.app import build_app, respond
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.contract import DOCUMENT
from tests.lambdas.events import Answer, request
from tests.lambdas.key_tokens import exchange, make_key
from tests.lambdas.test_openapi import GATEWAY, INTEGRATION
from tests.lambdas.uploads import post_form, post_picture

ID = "8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"
FOR_PEOPLE = {
    path
    for path in DOCUMENT["paths"]
    if path.startswith(("/keys", "/webhooks")) or path == "/account/deletion"
}
"""Paths that serve no key."""

pytestmark = pytest.mark.usefixtures("queue", "store")


def find_routes() -> Iterator[tuple[str, str]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            if operation.get("security") != []:
                yield method.upper(), path


def send(method: str, path: str, claims: dict[str, str]) -> Answer:
    """A request without a body to the function that the gateway would call."""
    uri = GATEWAY["paths"][path][method.lower()][INTEGRATION]["uri"]
    function = uri.removeprefix("${").removesuffix("_invoke_arn}")
    handler = importlib.import_module(f"pipeline.lambdas.{function}").handler
    filled = "/".join(ID if part.startswith("{") else part for part in path.split("/"))
    query = {"frame": "1"} if path.endswith("/frames") else None
    return request(handler, method, filled, claims=claims, query=query)


def is_refused_for_its_key(answer: Answer) -> bool:
    codes = {"key_scope_missing", "key_not_allowed"}
    return answer.status == 403 and answer.body["code"] in codes


@pytest.mark.parametrize(("method", "path"), list(find_routes()))
def test_a_key_does_only_what_its_scope_says(method: str, path: str) -> None:
    reading, writing = exchange(make_key(Scope.READ)), exchange(make_key(Scope.WRITE))

    by_reading, by_writing = (send(method, path, claims) for claims in (reading, writing))

    is_read = method == "GET"
    assert is_refused_for_its_key(by_reading) == (not is_read or path in FOR_PEOPLE)
    assert is_refused_for_its_key(by_writing) == (is_read or path in FOR_PEOPLE)


@pytest.mark.parametrize(("method", "path"), list(find_routes()))
def test_no_route_serves_a_revoked_key(method: str, path: str) -> None:
    key = make_key()
    claims = exchange(key)
    revoke_key(OWNER_ID, key.key_id)

    answer = send(method, path, claims)

    assert answer.status == (403 if path in FOR_PEOPLE else 401)


def test_a_new_route_needs_a_scope_too() -> None:
    """By construction: a route cannot be built without the check."""
    app = build_app(settings)

    @app.post("/new")
    def new() -> None: ...

    answer = request(app.resolve, "POST", "/new", claims=exchange(make_key(Scope.READ)))

    assert answer.body["code"] == "key_scope_missing"
    assert "write" in answer.body["detail"]


def test_head_needs_the_scope_read() -> None:
    app = build_app(settings)

    @app.get("/new")
    def new() -> Any:
        return respond(200, None)  # type: ignore[arg-type]

    statuses = [
        request(app.resolve, "HEAD", "/new", claims=exchange(make_key(scope))).status
        for scope in Scope
    ]

    assert statuses == [200, 403]


@pytest.mark.parametrize("claims", [{}, {"jti": "made up"}])
def test_a_token_of_the_keys_client_without_a_key_is_refused(claims: dict[str, str]) -> None:
    claims = {"aud": settings.keys_client_id, **claims}

    assert request(list_results.handler, "GET", "/results", claims=claims).status == 401


def test_a_token_of_another_user_does_not_borrow_a_key() -> None:
    claims = exchange(make_key())

    answer = request(
        list_results.handler, "GET", "/results", claims=claims, owner_id=OTHER_OWNER_ID
    )

    assert answer.status == 401


def test_a_key_that_has_ended_is_refused() -> None:
    claims = exchange(make_key(ends_at=datetime.now(UTC) - timedelta(seconds=1)))

    assert request(list_results.handler, "GET", "/results", claims=claims).status == 401


def test_the_keys_of_a_disabled_user_stop_at_once() -> None:
    claims = exchange(make_key())
    before = request(list_results.handler, "GET", "/results", claims=claims).status

    lock_out(OWNER_ID)

    assert before == 200
    assert request(list_results.handler, "GET", "/results", claims=claims).status == 401


def test_a_fresh_token_of_a_key_deletes_no_account() -> None:
    claims = {**exchange(make_key()), "email": "me@example.com", "cognito:username": "me"}
    body = '{"confirmation": "me@example.com"}'

    answer = request(
        delete_account.handler,
        "POST",
        "/account/deletion",
        body=body,
        headers={"Content-Type": "application/json"},
        claims=claims,
    )

    assert (answer.status, answer.body["code"]) == (403, "key_not_allowed")


def test_a_key_sends_as_many_pictures_as_its_daily_limit() -> None:
    claims = exchange(make_key(daily_limit=2))

    answers = [post_picture(claims=claims), post_form(claims=claims), post_picture(claims=claims)]

    assert [answer.status for answer in answers] == [202, 201, 429]
    refused = answers[-1]
    assert refused.body["code"] == "key_limit_reached"
    assert 0 < int(refused.headers["Retry-After"]) <= 86_401
    assert post_picture().status == 202


def test_a_task_knows_the_key_that_sent_it() -> None:
    key = make_key()

    by_key, by_person = post_picture(claims=exchange(key)), post_picture()

    assert Task.get(by_key.body["taskId"]).api_key_id == key.key_id
    assert Task.get(by_person.body["taskId"]).api_key_id is None
