"""The photos that a user has more than once, as the API lists them."""

from typing import Any

import pytest

from pipeline.core.search import index
from pipeline.core.tasks.record import Task
from pipeline.lambdas import similar_results
from tests.examples import OTHER_OWNER_ID, save_result
from tests.lambdas.events import Answer, request


def get(**parts: Any) -> Answer:
    return request(similar_results.handler, "GET", "/results/doubles", **parts)


def save() -> Task:
    """All saved results look the same."""
    task = save_result()
    index.put(task)
    return task


def test_a_group_has_the_double_and_the_photo_before_it() -> None:
    first, double = save(), save()

    answer = get()

    assert (answer.status, answer.body["nextCursor"]) == (200, None)
    [group] = answer.body["groups"]
    assert group["groupId"] == first.task_id
    assert [each["taskId"] for each in group["results"]] == [double.task_id, first.task_id]
    assert group["results"][0]["image"]["url"].startswith("https://")


def test_nobody_sees_the_doubles_of_others() -> None:
    save()
    save()

    assert get(owner_id=OTHER_OWNER_ID).body["groups"] == []


def test_a_cursor_leads_to_the_next_page() -> None:
    tasks = [save() for _ in range(3)]

    page = get(query={"limit": "1"}).body
    rest = get(query={"limit": "1", "cursor": page["nextCursor"]}).body

    assert page["groups"][0]["results"][0]["taskId"] == tasks[2].task_id
    assert rest["groups"][0]["results"][0]["taskId"] == tasks[1].task_id
    assert rest["nextCursor"] is None


def test_doubles_of_one_visit_are_asked_for_by_time() -> None:
    save()
    save()
    new = save()

    since = new.created_at.isoformat()
    groups = get(query={"from": since}).body["groups"]

    assert [each["results"][0]["taskId"] for each in groups] == [new.task_id]
    assert len(groups[0]["results"]) == 2


def test_a_cursor_from_before_the_asked_time_is_refused() -> None:
    tasks = [save() for _ in range(3)]
    cursor = get(query={"limit": "1"}).body["nextCursor"]
    later = tasks[2].created_at.replace(year=3000).isoformat()

    answer = get(query={"from": later, "cursor": cursor})

    assert (answer.status, answer.body["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "51"}, {"from": "yesterday"}])
def test_a_bad_parameter_is_refused(query: dict[str, str]) -> None:
    assert (get(query=query).status, get(query=query).body["code"]) == (422, "invalid_request")
