"""A program finds its tasks by their ids and by its own references."""

from typing import Any
from uuid import uuid4

import pytest

from pipeline.lambdas import get_result
from pipeline.lambdas.list_results import handler
from tests.examples import OTHER_OWNER_ID, succeed
from tests.lambdas.events import Answer, request
from tests.lambdas.uploads import FORM, JPEG, post_form, post_image, post_picture


def find(owner_id: str | None = None, **query: Any) -> Answer:
    parts = {"owner_id": owner_id} if owner_id else {}
    return request(handler, "GET", "/results", query=query, **parts)


def find_ids(owner_id: str | None = None, **query: Any) -> list[str]:
    return [task["taskId"] for task in find(owner_id, **query).body["results"]]


def send(reference: str | None = None, **parts: Any) -> str:
    task_id: str = post_picture(
        query={"reference": reference} if reference else None, **parts
    ).body["taskId"]
    return task_id


def test_tasks_come_in_the_order_of_their_ids_once_each() -> None:
    first, second, third = send(), send(), send()

    assert find_ids(ids=[third, first, third.upper()]) == [third, first]
    assert find_ids(ids=f"{second},{first}") == [second, first]
    assert find(ids=second).body["nextCursor"] is None


def test_tasks_of_others_and_missing_ones_are_left_out() -> None:
    mine, theirs = send(), send(owner_id=OTHER_OWNER_ID)

    assert find_ids(ids=[theirs, mine, str(uuid4())]) == [mine]


@pytest.mark.parametrize(
    "query",
    [
        {"ids": "x"},
        {"ids": ""},
        {"ids": ",".join(str(uuid4()) for _ in range(101))},
        {"ids": str(uuid4()), "limit": "5"},
        {"ids": str(uuid4()), "status": "failed"},
        {"reference": "a", "query": "dog"},
        {"reference": "a b"},
        {"reference": ""},
        {"reference": "x" * 129},
    ],
)
def test_what_does_not_go_together_is_refused(query: dict[str, str]) -> None:
    answer = find(**query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")


def test_a_hundred_ids_are_answered() -> None:
    ids = [send() for _ in range(2)] + [str(uuid4()) for _ in range(98)]

    assert find_ids(ids=",".join(ids)) == ids[:2]


def test_a_reference_is_stored_shown_and_found_newest_first() -> None:
    by_form = post_form({**FORM, "reference": "order-1"}).body["taskId"]
    first, _, last = send("order-1"), send("order-2"), send("order-1")
    send()

    assert find_ids(reference="order-1") == [last, first, by_form]
    assert find_ids(reference="order-3") == []
    shown = request(get_result.handler, "GET", f"/results/{first}").body
    assert shown["reference"] == "order-1"


def test_two_users_may_use_the_same_reference() -> None:
    mine, theirs = send("1"), send("1", owner_id=OTHER_OWNER_ID)

    assert (find_ids(reference="1"), find_ids(OTHER_OWNER_ID, reference="1")) == ([mine], [theirs])


def test_references_are_listed_in_pages() -> None:
    ids = [send("album") for _ in range(5)][::-1]

    pages: list[list[str]] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        body = find(reference="album", limit="2", **cursor).body
        pages.append([task["taskId"] for task in body["results"]])
        cursor = {"cursor": body["nextCursor"]}

    assert pages == [ids[:2], ids[2:4], ids[4:]]
    assert cursor == {"cursor": None}


def test_a_reference_goes_with_a_status_and_with_times() -> None:
    done, waits = send("a"), send("a")
    succeed(done)

    assert find_ids(reference="a", status="succeeded") == [done]
    assert find_ids(reference="a", status="queued") == [waits]
    assert find_ids(reference="a", to="2020-01-01T00:00:00Z") == []


def test_a_repeat_with_another_reference_is_another_request() -> None:
    post_image(JPEG, key="k", query={"reference": "1"})

    again = post_image(JPEG, key="k", query={"reference": "1"})
    other = post_image(JPEG, key="k", query={"reference": "2"})

    assert again.status == 202
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")
