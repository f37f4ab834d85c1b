"""Receivers that fail in each known way: when they are back, nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from pipeline.core.webhooks.deliveries import Attempt, Delivery
from pipeline.core.webhooks.record import Webhook
from pipeline.lambdas import deliver
from pipeline.lambdas.delivering.post import post
from tests.examples import OTHER_OWNER_ID
from tests.lambdas.webhooks.conftest import create, finish_task, go, look_after, tell, work
from tests.receivers import Receiver, running_receiver

EVENTS = 10
PRIVATE = "http://169.254.169.254/latest/meta-data/"


def answer_500(receiver: Receiver) -> None:
    receiver.statuses["/hook"] = 500


def redirect_inside(receiver: Receiver) -> None:
    receiver.statuses["/hook"] = 307
    receiver.locations["/hook"] = PRIVATE


def be_slow(receiver: Receiver) -> None:
    receiver.drips.add("/hook")


def recover(receiver: Receiver) -> None:
    receiver.statuses.clear()
    receiver.drips.clear()
    receiver.calls.clear()


def _post_in_haste(delivery: Delivery, secrets: Sequence[str]) -> Attempt:
    is_slow = delivery.url.endswith("/hook")
    return post(delivery, secrets, allow_loopback=True, seconds=0.3 if is_slow else 10)


def list_told(receiver: Receiver) -> list[str]:
    return [json.loads(call.body)["data"]["taskId"] for call in receiver.calls]


@pytest.mark.parametrize("break_it", [answer_500, redirect_inside, be_slow])
def test_a_receiver_that_fails_gets_everything_when_it_is_back(
    break_it: Callable[[Receiver], None],
    receiver: Receiver,
    webhook: Webhook,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    create(f"{receiver.url}/healthy", OTHER_OWNER_ID)
    break_it(receiver)
    tasks = [finish_task() for _ in range(EVENTS)]
    other = finish_task(OTHER_OWNER_ID)

    tell(*tasks, other)
    with monkeypatch.context() as hurry:
        if break_it is be_slow:  # No answer ever comes, so a short wait finds the same
            hurry.setattr(deliver, "_post", _post_in_haste)
        work()
    during = receiver.list_paths()
    recover(receiver)
    go(monkeypatch, timedelta(hours=1))
    look_after(webhook)
    work()

    assert during.count("/healthy") == 1  # Another receiver has noticed nothing
    assert sorted(list_told(receiver)) == sorted(task.task_id for task in tasks)


def test_a_receiver_that_dies_and_starts_again_gets_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tasks = [finish_task() for _ in range(EVENTS)]
    with running_receiver() as first:
        port = int(first.url.rpartition(":")[2])
        webhook = create(f"{first.url}/hook")
        tell(*tasks[:3])
        work()
    tell(*tasks[3:])
    work()  # Nobody listens

    with running_receiver(port) as second:
        go(monkeypatch, timedelta(hours=1))
        look_after(webhook)
        work()

    assert len(first.calls) == 3
    assert sorted(list_told(second)) == sorted(task.task_id for task in tasks[3:])
