"""A client comes back when the service asks for it, and renews its token."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from infra.clients.generate import DOCUMENT
from spotter_client import (
    ApiError,
    KeyAuth,
    RefreshAuth,
    Retries,
    SignInError,
    Spotter,
    TokenAuth,
    UnreachableError,
    UserPool,
    pauses,
)
from spotter_client.auth import Auth
from spotter_client.photos import Photo
from tests.clients.service import API
from tests.clocks import HandClock
from tests.lambdas.uploads import JPEG

TASK_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"
ANSWERS = json.loads(DOCUMENT.read_text("utf-8"))["paths"]["/pictures"]["post"]["responses"]
ACCEPTED = ANSWERS["202"]["content"]["application/json"]["examples"]["open"]["value"]
EXPIRES_AT = "2026-11-30T12:00:00Z"
STORED = httpx.Response(204)
PROBLEM = {"title": "Too Many Requests", "detail": "Wait.", "code": "too_many_requests"}
THREADS = 8
CALLERS = 200


class SleepingClock(HandClock):
    """A clock on which a pause takes no real time."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.go(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SleepingClock:
    clock = SleepingClock()
    monkeypatch.setattr(pauses, "time", clock)
    return clock


class Service:
    """Answers with these answers in turn, the last one again and again."""

    def __init__(self, *answers: httpx.Response | httpx.TransportError) -> None:
        self._answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, httpx.TransportError):
            raise answer
        # A new one, because the body of an answer is read once.
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


def build(
    service: Callable[[httpx.Request], httpx.Response],
    auth: Auth | None = None,
    retries: Retries = Retries(),
) -> Spotter:
    transport = httpx.MockTransport(service)
    return Spotter(API, auth or TokenAuth("token"), retries=retries, transport=transport)


def offer_form(storage: str) -> httpx.Response:
    form = {"url": f"https://{storage}.example/", "fields": {"key": "k"}, "expiresAt": EXPIRES_AT}
    return httpx.Response(201, json={**ACCEPTED, "upload": form})


def refuse(status: int = 429, retry_after: str | None = "3") -> httpx.Response:
    headers = {"Retry-After": retry_after} if retry_after else {}
    return httpx.Response(status, json=PROBLEM, headers=headers)


def test_an_upload_comes_back_after_the_seconds_that_the_service_asks_for(
    clock: SleepingClock,
) -> None:
    service = Service(refuse(), refuse(), httpx.Response(202, json=ACCEPTED))

    assert build(service).upload(JPEG) == TASK_ID

    assert all(3 <= it <= 4 for it in clock.pauses)
    assert len(clock.pauses) == 2
    keys = {it.headers["Idempotency-Key"] for it in service.requests}
    assert len(keys) == 1
    assert {it.content for it in service.requests} == {JPEG}


@pytest.mark.parametrize(
    "answer", [refuse(503, None), httpx.ConnectError("refused"), httpx.ReadTimeout("slow")]
)
def test_without_such_seconds_the_pauses_grow(
    clock: SleepingClock, answer: httpx.Response | httpx.TransportError
) -> None:
    service = Service(*[answer] * 5, httpx.Response(202, json=ACCEPTED))

    build(service).upload(JPEG)

    assert clock.pauses == sorted(clock.pauses)
    assert len(set(clock.pauses)) == 5


def test_a_pause_that_is_too_long_is_an_error_at_once(clock: SleepingClock) -> None:
    service = Service(refuse(retry_after="86400"))

    with pytest.raises(ApiError) as caught:
        build(service).upload(JPEG)

    assert caught.value.retry_after_seconds == 86400
    assert (len(service.requests), clock.pauses) == (1, [])


def test_a_service_that_is_gone_is_an_error_in_the_end(clock: SleepingClock) -> None:
    service = Service(httpx.ConnectError("refused"))

    with pytest.raises(UnreachableError, match=r"api\.test"):
        build(service, retries=Retries(count=2)).delete(TASK_ID)

    assert len(service.requests) == 3


def test_what_is_wrong_is_not_sent_again(clock: SleepingClock) -> None:
    service = Service(refuse(422))

    with pytest.raises(ApiError):
        build(service).upload(JPEG)

    assert len(service.requests) == 1


class Gate:
    """Exchanges keys for numbered tokens and accepts the newest one only."""

    def __init__(self, seconds: int = 900, key: str = "spk_good") -> None:
        self.count = 0
        self._seconds = seconds
        self._key = key

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/token"):
            if self._key.encode() not in request.content:
                return httpx.Response(401, json={"code": "unauthorized"})
            self.count += 1
            token = {"idToken": f"token-{self.count}", "expiresIn": self._seconds}
            return httpx.Response(200, json=token)
        if request.headers["Authorization"] != f"Bearer token-{self.count}":
            return httpx.Response(401, json={"code": "unauthorized"})
        return httpx.Response(204)


def test_many_threads_exchange_a_key_once() -> None:
    gate = Gate()
    spotter = build(gate, KeyAuth(API, "spk_good"))

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda _: spotter.delete(TASK_ID), range(THREADS)))

    assert gate.count == 1


def test_a_token_that_is_revoked_is_renewed() -> None:
    gate = Gate()
    spotter = build(gate, KeyAuth(API, "spk_good"))
    spotter.delete(TASK_ID)
    gate.count += 1  # As if somebody else had got a newer one

    spotter.delete(TASK_ID)

    assert gate.count == 3


def test_an_expired_token_is_renewed_before_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    from spotter_client import auth

    clock = HandClock()
    monkeypatch.setattr(auth, "time", clock)
    gate = Gate(seconds=900)
    spotter = build(gate, KeyAuth(API, "spk_good"))
    spotter.delete(TASK_ID)
    clock.go(900 - auth.EARLY_SECONDS)

    spotter.delete(TASK_ID)

    assert gate.count == 2


def test_a_wrong_key_says_where_to_look(clock: SleepingClock) -> None:
    with pytest.raises(SignInError, match="revoked"):
        build(Gate(), KeyAuth(API, "spk_bad")).delete(TASK_ID)

    assert clock.pauses == []


def test_a_refresh_token_that_has_ended_is_an_error(clock: SleepingClock) -> None:
    service = Service(
        httpx.Response(400, json={"__type": "NotAuthorizedException", "message": "Token expired"})
    )
    auth = RefreshAuth(UserPool("us-east-1_abc", "client"), "old")

    with pytest.raises(SignInError, match="Token expired"):
        build(service, auth).delete(TASK_ID)

    assert service.requests[0].url.host == "cognito-idp.us-east-1.amazonaws.com"


@pytest.mark.parametrize("asked", [None, 5.0])
def test_callers_that_were_refused_together_do_not_come_back_together(asked: float | None) -> None:
    error = ApiError(429, "too_many_requests", "Wait.", retry_after_seconds=asked)

    pauses = {Retries().choose_pause(3, error) for _ in range(CALLERS)}

    assert len(pauses) > CALLERS / 2
    assert max(it or 0 for it in pauses) - min(it or 0 for it in pauses) > 0.5
    assert min(it or 0 for it in pauses) >= (asked or 0)


def test_a_storage_that_is_away_is_left_with_another_form_of_the_same_task(
    clock: SleepingClock,
) -> None:
    away, near = offer_form("away"), offer_form("near")
    service = Service(away, refuse(503, None), away, httpx.ConnectError("gone"), near, STORED)
    photo = Photo(JPEG, "image/jpeg", "cat.jpg")

    with build(service) as spotter:
        assert spotter.upload_by_form(photo) == TASK_ID

    asked, sent = service.requests[::2], service.requests[1::2]
    assert [request.url.host for request in sent] == [
        "away.example",
        "away.example",
        "near.example",
    ]
    assert len({request.headers["Idempotency-Key"] for request in asked}) == 1
    assert all("Authorization" not in request.headers for request in sent)
    assert len(clock.pauses) == 2


def test_no_other_form_is_needed_if_only_the_answer_of_the_storage_was_lost(
    clock: SleepingClock,
) -> None:
    accepted = httpx.Response(202, json={**ACCEPTED, "upload": None})
    service = Service(offer_form("away"), httpx.ReadError("gone"), accepted)

    with build(service) as spotter:
        assert spotter.upload_by_form(Photo(JPEG, "image/jpeg", None)) == TASK_ID

    assert len(service.requests) == 3


def test_a_refused_form_is_not_renewed(clock: SleepingClock) -> None:
    service = Service(offer_form("storage"), httpx.Response(403))

    with build(service) as spotter, pytest.raises(ApiError):
        spotter.upload_by_form(Photo(JPEG, "image/jpeg", None))

    assert (len(service.requests), clock.pauses) == (2, [])
