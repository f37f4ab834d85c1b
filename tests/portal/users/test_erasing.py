"""An admin erases a user. Only a receipt stays, and a second look deletes what comes late."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core import controls, erasure, quotas
from pipeline.core.defaults import Defaults, save_defaults
from pipeline.core.live.connections import add_connection
from pipeline.core.sharing import choose_sharing
from pipeline.core.storage import build_image_key
from pipeline.core.tasks import lockouts, refusals
from pipeline.core.tasks.record import Task
from portal.actions import runs
from portal.actions.items import AuditItem, RunItem
from portal.environment import env
from tests.environment import settings
from tests.live_gateway import LiveGateway
from tests.portal.examples import finish_run, save_task
from tests.portal.users.conftest import find, operate


def test_erasing_needs_the_address_typed(admin: Client, ann: Any) -> None:
    page = operate(admin, "erase", ann, confirmation="bob@example.com", reason="Asked for it")

    assert "This is not the e-mail of the user" in page
    assert RunItem.count() == 0


def test_erasing_deletes_pictures_tasks_and_account_and_shows_a_receipt(
    admin: Client, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 3)
    for _ in range(7):
        save_task(owner_id=ann.sub)
    other = save_task()
    orphan = build_image_key(ann.sub, "of-an-upload-that-broke-off")
    s3 = boto3.client("s3")
    s3.put_object(Bucket=settings.images_bucket, Key=orphan, Body=b"")

    page = operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())
    first_look = finish_run(admin, run.run_id)
    finish_waiting_run(run)

    run.refresh()
    left = s3.list_objects_v2(Bucket=settings.images_bucket)["Contents"]
    assert "What was asked" in page
    assert "Receipt" in first_look
    assert "The run waits" in first_look
    assert run.state == "done"
    assert (run.result["tasks"], run.result["pictures"]) == (7, 8)
    assert run.result["person"] == "ann@example.com"
    assert [entry["Key"] for entry in left] == [other.image_key]
    assert [task.task_id for task in Task.scan(Task.owner_id.exists())] == [other.task_id]
    assert find() is None
    detail = "Erased 7 tasks, 8 pictures and the account of ann@example.com"
    assert detail in [entry.detail for entry in AuditItem.scan()]


def test_erasing_leaves_no_record_about_the_user_but_the_lockout(admin: Client, ann: Any) -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    quotas.grant(ann.sub, 2, until, operator="admin@example.com", reason="A test")
    controls.hold(ann.sub)
    refusals.add(ann.sub, {"image_too_large": 2}, "image_too_large")
    save_defaults(ann.sub, Defaults(strip_metadata=True))
    choose_sharing(ann.sub, corrections=True)
    save_task(owner_id=ann.sub)
    operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())
    finish_run(admin, run.run_id)

    finish_waiting_run(run)

    items = boto3.client("dynamodb").scan(TableName=env.tasks_table)["Items"]
    left = [item["task_id"]["S"] for item in items if ann.sub in json.dumps(item)]
    assert left == [f"lockout:{ann.sub}"]


def finish_waiting_run(run: RunItem) -> None:
    """Let the time pass after which a waiting run goes on, and take its steps."""
    run.refresh()
    assert run.state == "waiting"
    runs.tick()
    run.refresh()
    assert run.state == "waiting"  # Not yet
    run.update(actions=[RunItem.resumes_at.set(datetime.now(UTC) - timedelta(seconds=1))])
    runs.tick()


def test_erasing_looks_again_when_no_token_is_valid_any_more(admin: Client, ann: Any) -> None:
    operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())
    finish_run(admin, run.run_id)
    run.refresh()
    wait = run.resumes_at - datetime.now(UTC)
    late = save_task(owner_id=ann.sub)  # Of a request that was under way

    finish_waiting_run(run)

    run.refresh()
    assert wait > lockouts.TOKEN_LIFETIME + timedelta(minutes=14)
    assert (run.result["tasks"], run.result["pictures"]) == (1, 1)
    assert "Contents" not in boto3.client("s3").list_objects_v2(
        Bucket=settings.images_bucket, Prefix=late.image_key
    )


def test_the_receipt_of_an_erasure_can_be_downloaded_when_its_run_is_gone(
    admin: Client, ann: Any
) -> None:
    save_task(owner_id=ann.sub)
    operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())
    finish_run(admin, run.run_id)
    finish_waiting_run(run)
    run.delete()
    [entry] = [entry for entry in AuditItem.scan() if entry.receipt]

    page = admin.get(f"/operators/auditentry/{entry.audit_id}/change/").content.decode()
    answer = admin.get(f"/operators/auditentry/{entry.audit_id}/receipt/")

    assert "Download the receipt" in page
    assert answer["Content-Disposition"].startswith("attachment")
    receipt = answer.json()
    assert (receipt["person"], receipt["owner_id"]) == ("ann@example.com", ann.sub)
    assert (receipt["tasks"], receipt["pictures"]) == (1, 1)
    assert {"begun_at", "account_deleted_at", "looked_again_at"} < set(receipt)


def test_the_second_look_closes_what_a_late_ticket_opened(
    admin: Client, ann: Any, gateway: LiveGateway
) -> None:
    operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())
    finish_run(admin, run.run_id)
    add_connection("late=", ann.sub)

    finish_waiting_run(run)

    assert gateway.closed == ["late="]


def test_the_account_is_disabled_before_anything_is_deleted(
    admin: Client, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 1)
    for _ in range(3):
        save_task(owner_id=ann.sub)
    operate(admin, "erase", ann, confirmation="ann@example.com", reason="Asked for it")
    [run] = list(RunItem.scan())

    runs.advance(run, seconds=0)

    assert len(list(Task.scan(Task.owner_id.exists()))) == 2
    assert not find().is_enabled
    assert lockouts.is_locked_out(ann.sub)
