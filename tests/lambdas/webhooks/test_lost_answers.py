"""Webhooks work although the answers to writes are lost, so that botocore sends each one twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.webhooks import record
from pipeline.core.webhooks.record import DISABLED_AFTER, Webhook
from pipeline.lambdas import webhooks
from pipeline.lambdas.delivering.work import FAILURES_IN_A_ROW
from tests.lambdas import events
from tests.lambdas.webhooks.conftest import finish_task, list_all, read, tell, work
from tests.receivers import Receiver


def test_a_finished_task_is_told(
    receiver: Receiver, webhook: Webhook, request: pytest.FixtureRequest
) -> None:
    tell(finish_task())
    request.getfixturevalue("every_write_twice")

    work()

    assert len(receiver.calls) == 1
    assert [delivery.status for delivery in list_all(webhook)] == ["delivered"]


@pytest.mark.usefixtures("every_write_twice")
def test_a_new_secret_is_shown(webhook: Webhook) -> None:
    answer = events.request(webhooks.handler, "POST", f"/webhooks/{webhook.webhook_id}/secret")

    assert answer.status == 200
    assert answer.body["secret"] == read(webhook).secret != webhook.secret
    assert read(webhook).previous_secret == webhook.secret


def test_the_owner_of_a_disabled_webhook_is_told(
    receiver: Receiver,
    webhook: Webhook,
    request: pytest.FixtureRequest,
    capsys: pytest.CaptureFixture[str],
) -> None:
    receiver.statuses["/hook"] = 500
    record.update(
        webhook,
        Webhook.url.exists(),
        Webhook.failing_since.set(datetime.now(UTC) - DISABLED_AFTER - timedelta(hours=1)),
        Webhook.failures.set(FAILURES_IN_A_ROW),
    )
    tell(finish_task())
    request.getfixturevalue("every_write_twice")
    capsys.readouterr()

    work()

    assert read(webhook).status == "disabled"
    assert events.get_metrics(capsys.readouterr().out)["WebhooksDisabled"] == 1
