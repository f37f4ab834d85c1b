"""What is finished reaches its receivers: signed, once, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pynamodb.exceptions import PutError
from standardwebhooks import Webhook as Verifier

from pipeline.core.errors import UnreadableImageError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.lockouts import lock_out, readmit
from pipeline.core.webhooks import deliveries, outbox, record
from pipeline.core.webhooks.deliveries import Attempt, Delivery
from pipeline.core.webhooks.record import ROTATION, Webhook, rotate_secret
from pipeline.lambdas import deliver
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
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
from tests.receivers import Call, Receiver


def verify(call: Call, secret: str) -> Any:
    """The body, if the signature is right."""
    return Verifier(secret).verify(call.body, call.headers)


def test_a_finished_task_reaches_the_webhook_of_its_owner(
    receiver: Receiver, webhook: Webhook
) -> None:
    create(f"{receiver.url}/other", OTHER_OWNER_ID)
    task = finish_task(file_name="cat.jpg", owner_reference=f"{OWNER_ID}#order-4711")

    tell(task)
    work()

    [call] = receiver.calls
    assert call.path == "/hook"
    assert verify(call, webhook.secret) == {
        "type": "task.succeeded",
        "timestamp": task.finished_at.isoformat().replace("+00:00", "Z"),
        "data": {
            "taskId": task.task_id,
            "reference": "order-4711",
            "fileName": "cat.jpg",
            "status": "succeeded",
            "labels": [{"name": "cat", "confidence": 97.5}],
            "error": None,
            "createdAt": task.created_at.isoformat().replace("+00:00", "Z"),
            "finishedAt": task.finished_at.isoformat().replace("+00:00", "Z"),
        },
    }
    [delivery] = list_all(webhook)
    assert (delivery.status, call.headers["webhook-id"]) == ("delivered", delivery.delivery_id)


def test_a_failed_task_says_why(receiver: Receiver, webhook: Webhook) -> None:
    task = build_task()
    transitions.insert(task)
    transitions.fail(task, UnreadableImageError())
    task.refresh()

    tell(task)
    work()

    message = verify(receiver.calls[0], webhook.secret)
    assert message["type"] == "task.failed"
    assert message["data"]["error"]["code"] == "unreadable_image"


def test_a_webhook_is_told_what_it_asked_for(receiver: Receiver) -> None:
    create(f"{receiver.url}/failures", OWNER_ID, "task.failed")

    tell(finish_task())

    assert work() == 0


def test_an_upload_may_name_its_own_path(receiver: Receiver) -> None:
    webhook = create(f"{receiver.url}/hook", OWNER_ID, "export.finished")

    tell(finish_task(webhook_url=f"{receiver.url}/orders/4711?x=1"), finish_task())
    work()

    assert receiver.list_paths() == ["/orders/4711?x=1"]
    assert verify(receiver.calls[0], webhook.secret)["type"] == "task.succeeded"


def test_the_same_event_twice_is_one_delivery(receiver: Receiver, webhook: Webhook) -> None:
    task = finish_task()

    tell(task, task)
    work()
    tell(task)
    work()

    assert len(receiver.calls) == 1


def test_while_a_secret_is_rotated_both_sign(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = webhook.secret
    rotate_secret(webhook)
    new = read(webhook).secret
    tell(finish_task())
    work()

    for secret in (old, new):
        verify(receiver.calls[0], secret)

    go(monkeypatch, ROTATION)
    tell(finish_task())
    work()
    assert new != old
    assert receiver.calls[0].headers["webhook-signature"].count("v1,") == 2
    assert receiver.calls[1].headers["webhook-signature"].count("v1,") == 1
    verify(receiver.calls[1], new)


def test_a_blocked_webhook_gets_nothing(receiver: Receiver, webhook: Webhook) -> None:
    tell(finish_task())
    record.block(webhook)

    work()
    tell(finish_task())
    work()

    assert receiver.calls == []
    assert [delivery.status for delivery in list_all(webhook)] == ["failed"]


def test_the_webhooks_of_a_locked_out_user_stop_and_go_on_later(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(finish_task())
    lock_out(OWNER_ID)
    work()
    during = len(receiver.calls)

    readmit(OWNER_ID)
    go(monkeypatch, timedelta(minutes=31))
    look_after(webhook)

    assert (during, len(receiver.calls)) == (0, 1)


def test_what_is_added_while_a_call_works_is_sent_too(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    later = [finish_task(), finish_task()]
    real_list = deliveries.list_open

    def list_open(*parts: Any) -> list[Delivery]:
        found = real_list(*parts)
        if not found and later:  # Just after the last look. The function still holds the webhook
            tell(later.pop())
        return found

    monkeypatch.setattr(deliveries, "list_open", list_open)
    tell(finish_task())

    handled = work()

    assert (handled, len(receiver.calls)) == (1, 3)


def test_a_second_call_leaves_a_held_webhook_alone(receiver: Receiver, webhook: Webhook) -> None:
    tell(finish_task())
    until = datetime.now(UTC) + timedelta(seconds=60)
    record.update(webhook, Webhook.url.exists(), Webhook.held_until.set(until))

    work()

    assert receiver.calls == []


def test_a_call_that_breaks_off_is_repeated(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*parts: Any) -> None:
        raise PutError("DynamoDB is away")

    tell(finish_task())
    with monkeypatch.context() as broken:
        broken.setattr(deliveries, "close", break_off)
        with pytest.raises(PutError):
            work()

    work()  # The message is still there

    assert len(receiver.calls) == 2  # At least once
    assert list_all(webhook)[0].status == "delivered"


def test_deliveries_of_a_deleted_webhook_are_deleted(receiver: Receiver, webhook: Webhook) -> None:
    tell(*(finish_task() for _ in range(30)))
    webhook.delete()

    work()

    assert receiver.calls == []
    assert list_all(webhook) == []


def test_what_is_added_to_a_webhook_that_was_deleted_meanwhile_does_not_stay(
    receiver: Receiver, webhook: Webhook
) -> None:
    """As when an account is erased while one of its tasks is announced."""
    Webhook(webhook.owner_id, webhook.webhook_id).delete()

    outbox.send_test(webhook, deliver.queue)
    added = len(list_all(webhook))
    work()

    assert added == 1
    assert receiver.calls == []
    assert list_all(webhook) == []


def test_a_call_that_ends_after_an_erasure_leaves_nothing(
    receiver: Receiver, webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_post = deliver._post

    def erase_meanwhile(delivery: Delivery, secrets: Sequence[str]) -> Attempt:
        deliveries.delete_some(webhook.webhook_id, 25)
        Webhook(webhook.owner_id, webhook.webhook_id).delete()
        return real_post(delivery, secrets)

    monkeypatch.setattr(deliver, "_post", erase_meanwhile)
    tell(finish_task())

    work()

    assert len(receiver.calls) == 1
    assert list_all(webhook) == []
