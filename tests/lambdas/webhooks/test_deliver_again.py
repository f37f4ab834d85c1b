"""A call that fails is repeated, later and later, and delays no other receiver."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.errors import UnreadableImageError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks import outbox, record
from pipeline.core.webhooks.deliveries import TRIED_FOR, WAITS
from pipeline.core.webhooks.record import DISABLED_AFTER, Webhook
from pipeline.lambdas import deliver
from pipeline.lambdas.delivering import work as delivering_work
from tests.examples import OTHER_OWNER_ID, build_task, succeed
from tests.lambdas.webhooks.conftest import (
    create,
    finish_task,
    go,
    list_all,
    look_after,
    read,
    tell,
    work,
)
from tests.receivers import Receiver


def succeed_after_an_untold_failure(receiver: Receiver) -> Task:
    """A task that succeeded while the call about its earlier failure waits for its repeat."""
    task = build_task()
    transitions.insert(task)
    transitions.fail(task, UnreadableImageError())
    task.refresh()
    receiver.statuses["/hook"] = 500
    tell(task)
    work()
    task.status = "queued"
    task.save()
    succeed(task.task_id)
    task.refresh()
    return task


def test_a_call_that_fails_is_repeated_with_growing_waits(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses["/hook"] = 500
    receiver.answers["/hook"] = b"out of order"
    tell(finish_task())
    work()
    [first] = list_all(webhook)

    for wait in WAITS[:3]:
        [waiting] = list_all(webhook)
        go(monkeypatch, waiting.next_try_at - datetime.now(UTC) - timedelta(seconds=1))
        look_after(webhook)
        assert len(list_all(webhook)[0].attempts) == WAITS.index(wait) + 1
        go(monkeypatch, waiting.next_try_at - datetime.now(UTC))
        look_after(webhook)
    receiver.statuses["/hook"] = 204
    go(monkeypatch, timedelta(hours=1))
    look_after(webhook)

    [delivery] = list_all(webhook)
    assert len(receiver.calls) == 5
    assert {call.headers["webhook-id"] for call in receiver.calls} == {first.delivery_id}
    assert delivery.status == "delivered"
    assert [(it.status, it.answer) for it in delivery.list_attempts()][:1] == [
        (500, "out of order")
    ]
    assert read(webhook).failing_since is None


def test_a_message_follows_at_the_time_of_the_next_try(
    receiver: Receiver, webhook: Webhook
) -> None:
    receiver.statuses["/hook"] = 500
    before = datetime.now(UTC)

    tell(finish_task())
    work()

    expected = read(webhook).next_look_at
    assert before + timedelta(seconds=WAITS[0]) <= expected
    assert expected <= datetime.now(UTC) + timedelta(seconds=WAITS[0] + 1)


def test_events_of_one_task_arrive_in_their_order(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = succeed_after_an_untold_failure(receiver)
    other = finish_task()
    receiver.statuses["/hook"] = 204

    tell(task, other)
    work()  # The first event of the task waits for its repeat, so the second one waits too
    go(monkeypatch, timedelta(seconds=WAITS[0]))
    look_after(webhook)

    told = [json.loads(call.body) for call in receiver.calls]
    assert [(it["data"]["taskId"], it["type"]) for it in told] == [
        (task.task_id, "task.failed"),
        (other.task_id, "task.succeeded"),
        (task.task_id, "task.failed"),
        (task.task_id, "task.succeeded"),
    ]


def test_what_is_due_behind_one_that_waits_calls_the_function_no_earlier(
    receiver: Receiver, webhook: Webhook
) -> None:
    task = succeed_after_an_untold_failure(receiver)

    tell(task)  # Due at once, but behind the first event of the task
    work()

    [first, second] = sorted(list_all(webhook), key=lambda it: it.delivery_id)
    assert second.next_try_at < first.next_try_at
    assert read(webhook).next_look_at >= first.next_try_at - timedelta(seconds=1)


def test_a_receiver_that_is_down_gets_few_calls_and_nothing_is_lost(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses["/hook"] = 503
    tasks = [finish_task() for _ in range(30)]

    tell(*tasks)
    work()

    assert len(receiver.calls) <= 12
    assert read(webhook).is_paused(datetime.now(UTC))
    receiver.statuses["/hook"] = 204
    receiver.calls.clear()
    go(monkeypatch, timedelta(hours=1))
    look_after(webhook)
    work()
    told = {json.loads(call.body)["data"]["taskId"] for call in receiver.calls}
    assert told == {task.task_id for task in tasks}


def test_a_receiver_that_is_down_does_not_delay_another_one(
    receiver: Receiver, webhook: Webhook
) -> None:
    receiver.statuses["/hook"] = 503
    create(f"{receiver.url}/good", OTHER_OWNER_ID)

    tell(*(finish_task() for _ in range(30)))
    tell(finish_task(OTHER_OWNER_ID))
    work()

    assert receiver.list_paths().count("/good") == 1


def test_one_delivery_that_is_never_taken_stops_no_other(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = finish_task(webhook_url=f"{receiver.url}/poison")
    receiver.statuses["/poison"] = 500
    tell(poison)
    work()
    for wait in WAITS[:5]:
        go(monkeypatch, timedelta(seconds=sum(WAITS[: WAITS.index(wait) + 1]) + 60))
        look_after(webhook)

    tell(finish_task())
    work()

    assert receiver.list_paths()[-1] == "/hook"
    assert not read(webhook).is_paused(datetime.now(UTC))


def test_a_page_of_deliveries_that_wait_stops_no_other(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivering_work, "PAGE", 2)
    receiver.statuses["/poison"] = 500
    tell(*(finish_task(webhook_url=f"{receiver.url}/poison") for _ in range(2)))
    work()

    tell(finish_task())
    work()

    assert receiver.list_paths() == ["/poison", "/poison", "/hook"]


def test_a_delivery_is_given_up_after_a_day_and_can_be_sent_again(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses["/hook"] = 500
    tell(finish_task())
    work()
    go(monkeypatch, TRIED_FOR)
    look_after(webhook)
    [given_up] = list_all(webhook)
    before = given_up.status

    receiver.statuses["/hook"] = 204
    outbox.send_again(read(webhook), given_up, deliver.queue)
    work()

    [delivery] = list_all(webhook)
    assert (before, delivery.status) == ("failed", "delivered")
    assert len(receiver.calls) == 2


def test_after_days_of_failures_a_webhook_is_disabled_until_a_test_succeeds(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    receiver.statuses["/hook"] = 500
    for _ in range(4):
        tell(finish_task())
        work()
    record.update(
        webhook, Webhook.url.exists(), Webhook.failing_since.set(datetime.now(UTC) - DISABLED_AFTER)
    )
    go(monkeypatch, timedelta(hours=1))
    look_after(webhook)
    disabled = read(webhook)
    tell(finish_task())
    added = len(list_all(webhook))

    receiver.statuses["/hook"] = 204
    outbox.send_test(read(webhook), deliver.queue)
    work()

    assert (disabled.status, disabled.last_error) == (
        "disabled",
        "The receiver answered with status 500.",
    )
    assert added == 4  # Nothing new for a disabled webhook
    assert read(webhook).status == "active"
    assert json.loads(receiver.calls[-1].body)["type"] in ("webhook.test", "task.succeeded")
