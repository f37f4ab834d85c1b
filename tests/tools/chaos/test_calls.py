"""The receivers of the faults do what they say, and every call is counted."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from standardwebhooks import Webhook

from tools.chaos import receiver as receiver_module
from tools.chaos.receiver import Mode, Receiver
from tools.chaos.webhooks.calls import CallWatch

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="  # Nobody's


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    receiver.secrets.append(SECRET)
    receiver.start()
    yield receiver
    receiver.stop()


def sign(task_id: str, kind: str = "succeeded", secret: str = SECRET) -> tuple[dict[str, str], str]:
    """The headers and the body of a call."""
    now = datetime.now(UTC)
    body = json.dumps(
        {"type": f"task.{kind}", "timestamp": now.isoformat(), "data": {"taskId": task_id}}
    )
    headers = {
        "webhook-id": task_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(task_id, now, body),
    }
    return headers, body


def send(receiver: Receiver, task_id: str, *, kind: str = "succeeded", secret: str = SECRET) -> int:
    headers, body = sign(task_id, kind, secret)
    return httpx.post(receiver.url, content=body, headers=headers).status_code


def test_what_was_told_never_twice_and_wrongly_is_counted(receiver: Receiver) -> None:
    for task_id, kind in (("a", "succeeded"), ("b", "succeeded"), ("b", "succeeded")):
        assert send(receiver, task_id, kind=kind) == 204
    send(receiver, "c", kind="failed")
    assert send(receiver, "a", secret=SECRET[:-2] + "8=") == 400

    count = CallWatch(receiver, Receiver()).count(dict.fromkeys("abc", "succeeded"))

    assert (count.lost, count.repeated, count.wrong) == (0, 1, 2)
    assert not count.is_good


def test_a_task_that_nobody_was_told_of_is_lost(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.chaos.webhooks.calls.LIMIT_SECONDS", 0)

    assert CallWatch(receiver, Receiver()).count({"a": "succeeded"}).lost == 1


@pytest.mark.parametrize(
    ("mode", "status"), [(Mode.BROKEN, 500), (Mode.SLOW, 204), (Mode.REDIRECTS, 307)]
)
def test_a_faulty_receiver_takes_no_call_until_it_recovers(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, mode: Mode, status: int
) -> None:
    monkeypatch.setattr(receiver_module, "CALL_SECONDS", -1)
    receiver.mode = mode

    assert send(receiver, "a") == status
    assert receiver.heard.accepted["a"] == 0
    receiver.recover()
    assert send(receiver, "a") == 204
    assert (receiver.heard.accepted["a"], receiver.heard.refused) == (1, 1)


def test_a_redirect_that_is_followed_is_seen(receiver: Receiver) -> None:
    receiver.mode = Mode.REDIRECTS
    headers, body = sign("a")
    targets = [receiver.answer("/hook", headers, body.encode())[1] for _ in range(2)]

    httpx.post(receiver.url.replace("/hook", "/elsewhere"), content=b"{}")

    assert receiver_module.PRIVATE in targets
    assert any(str(target).endswith("/elsewhere") for target in targets)
    assert receiver.heard.followed == 1


def test_a_dead_receiver_comes_back_at_the_same_port(receiver: Receiver) -> None:
    receiver.stop()
    with pytest.raises(httpx.ConnectError):
        send(receiver, "a")

    receiver.recover()

    assert send(receiver, "a") == 204
