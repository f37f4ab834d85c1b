"""The list of tasks shows files and owners, leads back to itself, and can be exported."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from pynamodb.connection import Connection

from pipeline.core.tasks.record import TaskStatus
from pipeline.core.tasks.version_ids import build_versions_owner
from portal import aws as clients
from portal.access import addresses
from portal.actions.items import AuditItem
from tests.examples import OWNER_ID
from tests.portal.examples import create_user, save_failed_task, save_many, save_task

LIST = "/tasks/task/"


def test_a_row_shows_the_file_the_receives_and_the_address_of_the_owner(viewer: Client) -> None:
    ann = create_user("ann@example.com")
    save_failed_task(owner_id=ann, file_name="cat <3.jpg")

    page = viewer.get(LIST).content.decode()

    assert "cat &lt;3.jpg" in page
    assert "ann@example.com" in page
    assert '<td class="' in page
    assert 'data-label="Receives">1</td>' in page.replace("receives", "Receives")


def test_an_owner_without_an_account_is_shown_by_id(viewer: Client) -> None:
    save_task(owner_id="0123456789-gone")

    assert ">01234567</a>" in viewer.get(LIST).content.decode()


def test_few_owners_of_a_page_are_looked_up(viewer: Client) -> None:
    asked: list[str] = []

    def count(**kwargs: object) -> None:
        asked.append("ListUsers")

    event = "before-call.cognito-identity-provider.ListUsers"
    clients.cognito().meta.events.register(event, count)
    for number in range(addresses.OWNERS + 5):
        save_task(owner_id=f"owner-{number}")

    viewer.get(LIST)

    assert len(asked) == addresses.OWNERS


def test_the_page_of_a_task_leads_back_to_the_filtered_list(viewer: Client) -> None:
    task = save_failed_task()
    back = urlencode({"_changelist_filters": "status=failed"})

    listed = viewer.get(LIST, {"status": "failed"}).content.decode()
    page = viewer.get(f"{LIST}{task.task_id}/change/?{back}").content.decode()

    assert f"{task.task_id}/change/?{back}" in listed
    assert 'href="/tasks/task/?status=failed"' in page


def test_an_operation_on_chosen_rows_leads_back_to_the_filtered_list(operator: Client) -> None:
    tasks = [save_failed_task() for _ in range(2)]
    form = {"action": "retry", "_selected_action": [task.task_id for task in tasks]}

    asked = operator.post(f"{LIST}?status=failed", form)
    done = operator.post(asked["Location"])

    assert done["Location"] == "/tasks/task/?status=failed"


@pytest.mark.parametrize("back", ["//evil.example/", "a\r\nSet-Cookie: x", "x" * 5000])
def test_the_way_back_leads_nowhere_else(viewer: Client, back: str) -> None:
    task = save_failed_task()

    response = viewer.get(f"{LIST}{task.task_id}/change/", {"_changelist_filters": back})

    page = response.content.decode()
    assert response.status_code == 200
    assert 'href="/tasks/task/' in page
    assert "//evil.example/" not in page


def test_today_and_yesterday_are_one_click(viewer: Client) -> None:
    save_failed_task()
    today = f"{datetime.now(UTC):%Y-%m-%d}"

    page = viewer.get(LIST, {"status": "failed"}).content.decode()
    chosen = viewer.get(
        LIST, {"created_at_from": f"{today}T00:00", "created_at_to": f"{today}T23:59"}
    ).content.decode()

    assert f"?status=failed&amp;created_at_from={today}T00%3A00" in page
    assert "1 shown" in chosen


def test_the_export_has_what_the_list_shows_and_is_audited(admin: Client) -> None:
    task = save_failed_task()
    save_task()

    answer = admin.post(f"{LIST}export/?status=failed")

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].startswith(f'"{task.task_id}","failed","retries_exhausted"')
    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Export"]
    assert entry.detail == "status=failed"


def test_the_export_names_the_user_of_a_version(admin: Client) -> None:
    save_failed_task(owner_id=build_versions_owner(OWNER_ID))

    answer = admin.post(f"{LIST}export/?status=failed")

    [_, line] = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert f'"{OWNER_ID}"' in line


def test_an_export_with_an_unknown_filter_is_refused(admin: Client) -> None:
    save_task()

    assert admin.post(f"{LIST}export/?bogus=1").status_code == 400


def test_only_admins_export(operator: Client) -> None:
    assert operator.post(f"{LIST}export/").status_code == 403
    assert "Export" not in operator.get(LIST).content.decode()


@pytest.mark.parametrize("query", ["", "?status=failed", "?error_code=unreadable_image"])
def test_a_page_reads_a_bounded_number_of_items(
    viewer: Client, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    save_many(5000, [status.value for status in TaskStatus])
    read: list[int] = []
    query_table, get_many = Connection.query, Connection.batch_get_item

    def count_query(self: Connection, *args: object, **kwargs: object) -> object:
        answer = query_table(self, *args, **kwargs)  # type: ignore[arg-type]
        read.append(answer["ScannedCount"])
        return answer

    def count_gets(self: Connection, table: str, keys: list[str], **kwargs: object) -> object:
        read.append(len(keys))
        return get_many(self, table, keys, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "query", count_query)
    monkeypatch.setattr(Connection, "batch_get_item", count_gets)

    viewer.get(f"{LIST}{query}")

    # 50 rows and their files, 50 results for the names of models, and each status reads ahead.
    assert sum(read) <= 1200
