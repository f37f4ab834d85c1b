"""The answers that API Gateway gives without a function."""

import httpx
import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import State
from tests.e2e.conftest import PATIENCE_SECONDS, User

# A well-formed token of no user, which expired in 2020
EXPIRED = (
    "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ"
    ".eyJzdWIiOiJ4IiwidG9rZW5fdXNlIjoiaWQiLCJleHAiOjE1Nzc4MzY4MDB9.c2lnbmF0dXJl"
)
ROUTES = [
    ("POST", "/upload"),
    ("GET", "/results"),
    ("GET", "/results/1"),
    ("DELETE", "/results/1"),
    ("POST", "/results/1/retry"),
    ("POST", "/results/1/cancel"),
    ("POST", "/pictures"),
    ("GET", "/account/defaults"),
    ("PUT", "/account/defaults"),
    ("POST", "/live/tickets"),
    ("POST", "/exports"),
    ("POST", "/account/deletion"),
    ("GET", "/account/deletion"),
]


@pytest.mark.parametrize("token", [None, "nonsense", EXPIRED])
@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_request_without_a_valid_token_is_refused(
    system: State, method: str, path: str, token: str | None
) -> None:
    headers = {"Authorization": token} if token else {}

    response = httpx.request(
        method, system.api_url + path, headers=headers, timeout=PATIENCE_SECONDS
    )

    assert response.status_code == 401
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"] == "unauthorized"
    assert response.headers["access-control-allow-origin"] == system.spa_origin


def test_a_token_with_another_signature_is_refused(system: State, user: User) -> None:
    head, body, signature = user.id_token.split(".")
    forged = ".".join([head, body, signature[::-1]])

    response = httpx.get(
        f"{system.api_url}/results",
        headers={"Authorization": forged},
        timeout=PATIENCE_SECONDS,
    )

    assert response.status_code == 401


def test_a_stranger_may_ask_whether_the_service_answers(system: State) -> None:
    response = httpx.get(f"{system.api_url}/health", timeout=PATIENCE_SECONDS)

    assert (response.status_code, response.json()["status"]) == (200, "ok")


def test_a_call_for_which_lambda_has_no_room_should_come_back(
    system: State, user: User, root: Clients
) -> None:
    function = names.build_function_name("list_words")
    root.functions.put_function_concurrency(FunctionName=function, ReservedConcurrentExecutions=0)
    try:
        response = user.http.get("/results/words")
    finally:
        root.functions.delete_function_concurrency(FunctionName=function)

    assert (response.status_code, response.json()["code"]) == (503, "service_unavailable")
    assert response.headers["retry-after"] == "1"
    assert response.headers["access-control-allow-origin"] == system.spa_origin


def test_an_unknown_route_answers_with_a_problem(user: User) -> None:
    response = user.http.get("/nothing")

    assert response.status_code in (403, 404)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["code"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_preflight_of_the_web_page_is_allowed(system: State, method: str, path: str) -> None:
    response = httpx.options(
        system.api_url + path,
        headers={
            "Origin": system.spa_origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "authorization,content-type,idempotency-key,prefer",
        },
    )

    allowed = response.headers["access-control-allow-headers"].lower()
    assert response.is_success
    assert response.headers["access-control-allow-origin"] == system.spa_origin
    assert method in response.headers["access-control-allow-methods"]
    assert all(
        name in allowed for name in ("authorization", "content-type", "idempotency-key", "prefer")
    )


def test_the_web_page_can_read_answers_and_errors(system: State, user: User) -> None:
    headers = {"Origin": system.spa_origin}

    answers = [user.http.get(path, headers=headers) for path in ("/results", "/results/1")]

    assert [answer.status_code for answer in answers] == [200, 404]
    origins = {answer.headers["access-control-allow-origin"] for answer in answers}
    assert origins == {system.spa_origin}


def test_the_bucket_accepts_pictures_only_from_the_web_page(system: State) -> None:
    url = f"{system.endpoint}/{names.IMAGES_BUCKET}"

    def ask(origin: str) -> httpx.Response:
        return httpx.options(
            url, headers={"Origin": origin, "Access-Control-Request-Method": "POST"}
        )

    assert ask(system.spa_origin).headers["access-control-allow-origin"] == system.spa_origin
    assert ask("https://evil.example").status_code == 403
