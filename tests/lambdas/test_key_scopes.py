"""What a request with the token of a key may do, on every route of the API."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.keys.record import Scope, revoke_key
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import (
    delete_account,
    list_results,
    result_versions,
    retry_result,
    spending,
)
from pipeline.lambdas.app import build_app, respond
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result
from tests.lambdas.contract import DOCUMENT
from tests.lambdas.events import Answer, request
from tests.lambdas.key_tokens import exchange, make_key
from tests.lambdas.routes import FOR_USERS, Route
from tests.lambdas.uploads import post_form, post_picture

FOR_PEOPLE = {
    ("POST", "/keys"),
    ("GET", "/keys"),
    ("DELETE", "/keys/{keyId}"),
    ("POST", "/account/deletion"),
    ("GET", "/account/deletion"),
    ("PUT", "/account/defaults"),
    ("PUT", "/account/sharing"),
    *(
        (method.upper(), path)
        for path, methods in DOCUMENT["paths"].items()
        for method in methods
        if path.startswith("/webhooks")
    ),
}
"""What serves no key."""

NEEDS_BOTH = {
    ("POST", "/live/tickets"),
    ("POST", "/streams"),
    ("PUT", "/results/{taskId}/corrections"),
}
"""What writes, and shows results or opens a way for them."""

OF_THE_UPLOAD_ITSELF = {("POST", "/upload"), ("POST", "/pictures")}
"""What shows a result with the scope write alone: that of the picture that came with it."""

TELLING = {"labels", "ticket", "secret"}
"""Properties of answers that are a result, or with which its caller gets results later."""

pytestmark = pytest.mark.usefixtures("queue", "store")


def send(route: Route, claims: dict[str, str]) -> Answer:
    """A request without a body."""
    return request(route.handler, route.method, route.fill_in(), claims=claims, query=route.query)


def is_refused_for_its_key(answer: Answer) -> bool:
    codes = {"key_scope_missing", "key_not_allowed"}
    return answer.status == 403 and answer.body["code"] in codes


@pytest.mark.parametrize("route", FOR_USERS, ids=str)
def test_a_key_does_only_what_its_scope_says(route: Route) -> None:
    reading, writing = exchange(make_key(Scope.READ)), exchange(make_key(Scope.WRITE))

    by_reading, by_writing = (send(route, claims) for claims in (reading, writing))

    is_read, place = route.method == "GET", (route.method, route.path)
    assert is_refused_for_its_key(by_reading) == (not is_read or place in FOR_PEOPLE)
    assert is_refused_for_its_key(by_writing) == (is_read or place in FOR_PEOPLE | NEEDS_BOTH)


@pytest.mark.parametrize(("method", "path"), sorted(NEEDS_BOTH))
def test_a_key_with_both_scopes_is_let_in(method: str, path: str) -> None:
    answer = send(Route(method, path, needs_token=True), exchange(make_key()))

    assert not is_refused_for_its_key(answer)


def list_properties(schema: Any) -> set[str]:
    """The names of the properties that a schema shows, at any depth."""
    if isinstance(schema, list):
        return set().union(*map(list_properties, schema))
    if not isinstance(schema, dict):
        return set()
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return list_properties(DOCUMENT["components"]["schemas"][name])
    named = schema.get("properties", {})
    parts = [part for name, part in schema.items() if name not in ("examples", "example")]
    return set(named).union(*map(list_properties, parts))


def list_shown(answer: dict[str, Any]) -> set[str]:
    schemas = [it.get("schema") for it in answer.get("content", {}).values()]
    return list_properties(schemas)


def test_whatever_tells_results_needs_the_scope_read() -> None:
    """Also a new route: it is found by what its answer shows."""
    telling = set()
    for route in FOR_USERS:
        answers = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
        shown = [list_shown(it) for status, it in answers.items() if status.startswith("2")]
        if route.method != "GET" and set().union(*shown) & TELLING:
            telling.add((route.method, route.path))

    assert telling - FOR_PEOPLE == NEEDS_BOTH | OF_THE_UPLOAD_ITSELF


@pytest.mark.parametrize("route", FOR_USERS, ids=str)
def test_no_route_serves_a_revoked_key(route: Route) -> None:
    key = make_key()
    claims = exchange(key)
    revoke_key(OWNER_ID, key.key_id)

    answer = send(route, claims)

    assert answer.status == (403 if (route.method, route.path) in FOR_PEOPLE else 401)


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


@pytest.mark.parametrize("again", ["version", "retry"])
def test_what_is_recognised_again_counts_for_the_daily_limit(again: str) -> None:
    claims, first = exchange(make_key(daily_limit=1)), exchange(make_key(daily_limit=1))
    task = save_result()
    path = f"/results/{task.task_id}/{'versions' if again == 'version' else 'retry'}"
    handler = result_versions.handler if again == "version" else retry_result.handler
    if again == "retry":
        task.update(actions=[Task.status.set(TaskStatus.FAILED.value)])
    assert post_picture(claims=claims).status == 202
    body, headers = "{}", {"Content-Type": "application/json"}

    by_used, by_fresh = (
        request(handler, "POST", path, body=body, headers=headers, claims=each)
        for each in (claims, first)
    )

    assert (by_used.status, by_used.body["code"]) == (429, "key_limit_reached")
    assert by_fresh.status == 202
    assert post_picture(claims=first).body["code"] == "key_limit_reached"


def test_whatever_starts_work_is_counted() -> None:
    """By construction: only one function asks for the limits of uploads, and it counts."""
    folder = Path(spending.__file__).parent
    asking = [it.name for it in folder.rglob("*.py") if "find_refusal(" in it.read_text()]

    assert sorted(asking) == ["limits.py", "spending.py"]


def test_a_task_knows_the_key_that_sent_it() -> None:
    key = make_key()

    by_key, by_person = post_picture(claims=exchange(key)), post_picture()

    assert Task.get(by_key.body["taskId"]).api_key_id == key.key_id
    assert Task.get(by_person.body["taskId"]).api_key_id is None
