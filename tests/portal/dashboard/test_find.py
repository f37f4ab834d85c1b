"""One box finds tasks, people, files and errors, and reads a bounded number of items for it."""

from __future__ import annotations

import pytest
from django.test import Client
from pynamodb.connection import Connection

from pipeline.core.tasks.record import TaskStatus
from portal.dashboard.find import FILE_READS
from tests.portal.examples import create_user, save_failed_task, save_many, save_task


def search(client: Client, text: str) -> str:
    return client.get("/search/", {"extended": "1", "s": text}).content.decode()


def test_a_task_is_found_by_its_id(viewer: Client) -> None:
    task = save_failed_task()

    assert f"/tasks/task/{task.task_id}/change/" in search(viewer, task.task_id.upper())


def test_a_person_is_found_by_id_and_by_the_beginning_of_the_address(viewer: Client) -> None:
    ann = create_user("ann@example.com")

    for text in (ann, "ann@example.com", "ann@exa", "ann"):
        page = search(viewer, text)
        assert "ann@example.com" in page, text
        assert f"/tasks/task/?q={ann}" in page, text


def test_a_picture_is_found_by_a_part_of_its_file_name(viewer: Client) -> None:
    task = save_task(file_name="IMG_2041 beach.jpg")
    save_task(file_name="other.jpg")

    page = search(viewer, "2041 bea")

    assert "IMG_2041 beach.jpg" in page
    assert task.task_id in page
    assert "other.jpg" not in page


def test_an_error_is_found_by_its_words(viewer: Client) -> None:
    page = search(viewer, "retries exh")

    assert "/tasks/task/?status=failed&amp;error_code=retries_exhausted" in page


@pytest.mark.parametrize("text", ["", "ab", "x" * 300, "nothing-such-thing", '"\\', "%"])
def test_what_nothing_matches_finds_nothing(viewer: Client, text: str) -> None:
    assert "/change/" not in search(viewer, text)


def test_nobody_searches_without_signing_in() -> None:
    response = Client().get("/search/", {"s": "ann@example.com"}, secure=True)

    assert response.status_code == 302


def test_a_search_reads_a_bounded_number_of_tasks(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = [status.value for status in TaskStatus]
    save_many(len(statuses) * 2500, statuses)
    read: list[int] = []
    query = Connection.query

    def count(self: Connection, *args: object, **kwargs: object) -> object:
        answer = query(self, *args, **kwargs)  # type: ignore[arg-type]
        read.append(answer["ScannedCount"])
        return answer

    monkeypatch.setattr(Connection, "query", count)

    search(viewer, "nothing-such-file")

    # Each status begins with a step of 1,000 before the bound is known to be reached.
    assert sum(read) <= 2 * (len(statuses) * 1000 + FILE_READS)
