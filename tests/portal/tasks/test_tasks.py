"""Tasks are found, shown, retried, recognised again and deleted."""

from __future__ import annotations

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from pipeline.core.errors import UnreadableImageError
from pipeline.core.storage import build_preview_key
from pipeline.core.tasks.record import Task
from portal.actions.items import RunItem
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.portal.examples import (
    create_user,
    save_failed_task,
    save_task,
)


def test_the_newest_task_comes_first(viewer: Client) -> None:
    old, new = save_task(), save_task()

    page = viewer.get("/tasks/task/").content.decode()

    assert page.index(new.task_id) < page.index(old.task_id)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("status=failed", 1),
        ("error_code=retries_exhausted", 1),
        ("error_code=unreadable_image", 0),
        ("status=succeeded", 2),
        ("model=ssd_mobilenet_v2", 2),
        ("model=another", 0),
        ("created_at_from=2020-01-01T00:00", 3),
        ("created_at_to=2020-01-01T00:00", 0),
        (f"q={OWNER_ID}", 2),
        ("q=somebody@example.com", 0),
        ("q=nothing", 0),
    ],
)
def test_filters_and_search_find_what_exists(viewer: Client, query: str, count: int) -> None:
    save_failed_task()
    save_task()
    save_task(owner_id=OTHER_OWNER_ID)

    page = viewer.get(f"/tasks/task/?{query}").content.decode()

    assert page.count("data-row ") == count


def test_an_address_finds_the_tasks_of_its_owner(viewer: Client) -> None:
    mine = save_task(owner_id=create_user("ann@example.com"))
    save_task()

    page = viewer.get("/tasks/task/?q=ann@example.com").content.decode()

    assert page.count("data-row ") == 1
    assert mine.task_id in page


UNREADABLE = [
    "after=nonsense",
    "created_at_from=nonsense",
    "created_at_from=0001-01-01T00:00",
    "unknown=1",
    "task_id__regex=x",
    "created_at=2026-11-23",
    "created_at__contains=2026",
    "created_at__in=2026-11-23",
    "created_at__startswith=2026",
    "created_at__date=2026-11-23",
    "status=nonsense",
    "status=failed&status=succeeded",
    "o=1",
    "p=2",
    "e=1",
]


@pytest.mark.parametrize("query", UNREADABLE)
def test_an_address_that_cannot_be_read_lists_nothing(viewer: Client, query: str) -> None:
    save_task()

    response = viewer.get(f"/tasks/task/?{query}")

    page = response.content.decode()
    assert response.status_code == 400
    assert "This address cannot be read" in page
    assert page.count("data-row ") == 0


@pytest.mark.parametrize("query", UNREADABLE[1:])  # The place in a list is no filter
def test_an_address_that_cannot_be_read_starts_no_run(operator: Client, query: str) -> None:
    save_task()

    page = operator.post(
        f"/tasks/task/operations/delete/?all=1&{query}", {"reason": "A test"}, follow=True
    ).content.decode()

    assert "Nothing was done" in page
    assert RunItem.count() == 0
    assert Task.count() == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_search_without_a_match_starts_no_run(operator: Client, method: str) -> None:
    save_task()

    path = "/tasks/task/operations/delete/?all=1&q=nobody@example.com"
    answers = {"reason": "A test"} if method == "post" else None
    page = getattr(operator, method)(path, answers, follow=True).content.decode()

    assert "Nothing matches" in page
    assert RunItem.count() == 0


@pytest.mark.parametrize("name", ["created_at", "status__contains", "o"])
def test_an_unknown_filter_is_named(viewer: Client, name: str) -> None:
    page = viewer.get(f"/tasks/task/?{name}=2026-11-23").content.decode()

    assert f"There is no filter \N{LEFT DOUBLE QUOTATION MARK}{name}" in page


def test_every_condition_is_shown_with_a_way_to_clear_it(viewer: Client) -> None:
    save_failed_task()

    page = viewer.get(
        f"/tasks/task/?status=failed&created_at_from=2026-01-01T00:00&q={OWNER_ID}"
    ).content.decode()

    for shown in (
        "status is failed",
        "created from 2026-01-01 00:00:00 UTC",
        f"owner is {OWNER_ID}",
    ):
        assert shown in page
    assert '<a href="?">Clear</a>' in page


def test_a_task_shows_picture_boxes_labels_life_and_owner(viewer: Client) -> None:
    task = save_task(owner_id=create_user("ann@example.com"))

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "X-Amz-Signature" in page
    assert "left: 10.00%; top: 20.00%; width: 50.00%; height: 60.00%" in page
    assert "cat" in page
    assert "Result stored" in page
    assert "by worker-1" in page
    assert "ann@example.com" in page
    assert f'filter task_id = "{task.task_id}"' in page


def test_a_task_shows_the_preview_where_there_is_one(viewer: Client) -> None:
    task = save_task()
    preview = default_storage.url(build_preview_key(task.image_key)).partition("?")[0]

    assert preview in viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    task.update(actions=[Task.has_preview.set(False)])
    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()
    assert preview not in page
    assert f"{default_storage.url(task.image_key).partition('?')[0]}?" in page


def test_a_failed_task_says_why(viewer: Client) -> None:
    task = save_task(UnreadableImageError())

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert default_storage.url(task.image_key).partition("?")[0] not in page
    assert "unreadable image" in page
    assert "Export or upload it again" in page


def test_text_of_users_is_not_run_as_html(viewer: Client) -> None:
    task = save_task(file_name="<script>alert(1)</script>.jpg")

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "<script>alert" not in page


def test_viewers_see_no_buttons_and_their_posts_are_refused(viewer: Client) -> None:
    task = save_failed_task()

    detail = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()
    listed = viewer.get("/tasks/task/").content.decode()
    pressed = viewer.post(f"/tasks/task/operations/retry/?id={task.task_id}")

    task.refresh()
    assert "/operations/" not in detail
    assert "_selected_action" not in listed
    assert pressed.status_code == 403
    assert task.status == "failed"
