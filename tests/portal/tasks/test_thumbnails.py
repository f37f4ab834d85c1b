"""Lists show thumbnails after the operator asks, and the audit log says whose were seen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import boto3
import pytest
from django.core.files.storage import default_storage
from django.test import Client

from pipeline.core.storage import build_thumbnail_key
from pipeline.core.tasks.record import Task
from portal.actions.items import AuditItem
from portal.environment import env
from portal.tasks import thumbnails
from tests.portal.examples import save_failed_task, save_task

LIST = "/tasks/task/"
CHOOSE = "/tasks/task/thumbnails/"


def save_seen_task(**values: Any) -> Task:
    """A task with a thumbnail."""
    task = save_task(**values)
    task.update(actions=[Task.has_thumbnail.set(True)])
    return task


def show(client: Client, back: str = LIST) -> str:
    return client.post(CHOOSE, {"show": "yes", "next": back}, follow=True).content.decode()


def list_looks() -> list[AuditItem]:
    return [entry for entry in AuditItem.scan() if entry.action == thumbnails.LOOK]


def test_a_list_shows_no_thumbnail_until_the_operator_asks(viewer: Client) -> None:
    task = save_seen_task()

    before = viewer.get(LIST).content.decode()
    after = show(viewer)

    assert "<img" not in before
    assert list_looks()[0].things == [task.task_id]
    assert len(list_looks()) == 1
    assert f'src="{find_address(task)}' in after


def find_address(task: Task) -> str:
    assert task.image_key
    return str(default_storage.url(build_thumbnail_key(task.image_key)).partition("?")[0])


def test_the_address_is_that_of_the_thumbnail_for_a_minute(viewer: Client) -> None:
    task = save_seen_task()

    page = show(viewer)

    assert "X-Amz-Expires=60" in page
    assert f"{task.image_key}?" not in page


def test_each_shown_page_is_one_entry_that_opens_to_its_tasks(viewer: Client) -> None:
    tasks = [save_seen_task() for _ in range(3)]

    show(viewer)
    viewer.get(LIST)
    entries = list_looks()
    page = viewer.get(f"/operators/auditentry/{entries[0].audit_id}/change/").content.decode()

    assert [entry.detail for entry in entries] == ["Looked at thumbnails of 3 tasks"] * 2
    assert all(f'href="/tasks/task/?q={task.task_id}"' in page for task in tasks)


def test_the_export_of_the_log_names_the_tasks(viewer: Client, admin: Client) -> None:
    task = save_seen_task()
    show(viewer)

    answer = admin.post("/operators/auditentry/export/?action=Look+at+thumbnails")

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[1].endswith(f'"{task.task_id}"')


def test_a_task_without_a_thumbnail_has_an_icon_and_is_not_looked_at(viewer: Client) -> None:
    save_failed_task()

    page = show(viewer)

    assert "No thumbnail" in page
    assert "<img" not in page
    assert list_looks() == []


def test_the_operator_hides_them_again(viewer: Client) -> None:
    save_seen_task()
    show(viewer)

    page = viewer.post(CHOOSE, {"show": "no", "next": LIST}, follow=True).content.decode()

    assert "<img" not in page
    assert len(list_looks()) == 1


def test_the_choice_leads_back_to_the_filtered_list(viewer: Client) -> None:
    back = f"{LIST}?status=failed"

    answer = viewer.post(CHOOSE, {"show": "yes", "next": back})

    assert answer["Location"] == back


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "javascript:x", ""])
def test_the_choice_leads_nowhere_else(viewer: Client, back: str) -> None:
    assert viewer.post(CHOOSE, {"show": "yes", "next": back})["Location"] == LIST


def test_nothing_is_shown_that_cannot_be_audited(viewer: Client) -> None:
    save_seen_task()
    boto3.client("dynamodb").delete_table(TableName=env.audit_table)

    page = show(viewer)

    assert "<img" not in page
    assert "Thumbnails are not shown, because the audit log does not answer" in page


def test_the_first_rows_of_a_bulk_action_have_thumbnails(operator: Client) -> None:
    tasks = [save_seen_task() for _ in range(12)]
    path = f"{LIST}operations/delete/?{urlencode({'all': '1', 'status': 'succeeded'})}"

    plain = operator.get(path).content.decode()
    shown = show(operator, path)

    assert "<img" not in plain
    assert shown.count("<img") == 10
    assert list_looks()[0].things == [task.task_id for task in tasks[::-1][:10]]


def test_an_export_and_a_run_look_at_no_thumbnail(admin: Client) -> None:
    save_seen_task()
    show(admin)

    admin.post(f"{LIST}export/")
    admin.post(f"{LIST}operations/recognise/?all=1")

    assert len(list_looks()) == 1
