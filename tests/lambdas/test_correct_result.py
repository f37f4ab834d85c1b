"""A user corrects results of their own. The result itself stays."""

import json
from typing import Any

import pytest

from pipeline.core.errors import CorrectionsChangedError, TaskNotFoundError
from pipeline.core.search import index
from pipeline.core.sharing import find_sharers
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow
from pipeline.core.tasks.correct import correct
from pipeline.core.tasks.record import CORRECTED, Task
from pipeline.lambdas import correct_result, get_result, list_results
from tests.examples import CAT, OTHER_OWNER_ID, OWNER_ID, build_task, save_result
from tests.lambdas.events import Answer, request

DOG = {"renamed": [{"from": "cat", "to": "dog"}]}


def put(task_id: str, body: Any, content_type: str = "application/json", **parts: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    return request(
        correct_result.handler,
        "PUT",
        f"/results/{task_id}/corrections",
        body=text,
        headers={"Content-Type": content_type},
        **parts,
    )


def get(task_id: str) -> dict[str, Any]:
    body: dict[str, Any] = request(get_result.handler, "GET", f"/results/{task_id}").body
    return body


def find(label: str) -> list[str]:
    answer = request(list_results.handler, "GET", "/results", query={"label": label})
    return [task["taskId"] for task in answer.body["results"]]


def list_names(task: dict[str, Any]) -> list[str]:
    return [label["name"] for label in task["labels"]]


@pytest.fixture
def task_id() -> str:
    return str(save_result().task_id)


def test_the_answer_has_the_corrected_labels_and_those_that_were_found(task_id: str) -> None:
    answer = put(task_id, {**DOG, "added": ["snow globe"], "revision": 0})

    assert answer.status == 200
    assert list_names(answer.body) == ["dog", "animal", "snow globe"]
    made = answer.body["corrections"]
    assert (made["removed"], made["renamed"]) == ([], DOG["renamed"])
    assert (made["added"], made["revision"]) == (["snow globe"], 1)
    assert [label["name"] for label in made["foundLabels"]] == ["cat"]


def test_a_result_that_nobody_corrected_says_so(task_id: str) -> None:
    assert get(task_id)["corrections"] is None


def test_the_stored_result_stays_and_every_page_shows_the_corrected_labels(task_id: str) -> None:
    before = Task.get(task_id)

    put(task_id, DOG)

    after = Task.get(task_id)
    assert (after.labels, after.updated_at) == (before.labels, before.updated_at)
    assert after.get_found_labels() == [CAT]
    assert list_names(get(task_id)) == ["dog", "animal"]
    listed = request(list_results.handler, "GET", "/results").body["results"]
    assert [list_names(task) for task in listed] == [["dog", "animal"]]


def test_a_search_finds_what_was_corrected_and_not_what_was_wrong(task_id: str) -> None:
    index.put(Task.get(task_id))

    put(task_id, DOG)
    index.put(Task.get(task_id))

    assert (find("dog"), find("cat"), find("animal")) == ([task_id], [], [task_id])


def test_an_empty_correction_takes_everything_back(task_id: str) -> None:
    put(task_id, DOG)

    answer = put(task_id, {})

    assert list_names(answer.body) == ["cat"]
    assert answer.body["corrections"]["revision"] == 2
    assert Task.by_correction.count(CORRECTED) == 0


def test_corrected_results_are_listed_for_operators(task_id: str) -> None:
    save_result()

    put(task_id, DOG)

    [listed] = Task.by_correction.query(CORRECTED)
    assert (listed.task_id, listed.owner_id) == (task_id, OWNER_ID)
    assert [each.found for each in listed.get_corrections().renamed] == ["cat"]


def test_a_repeat_changes_nothing(task_id: str) -> None:
    body = {**DOG, "revision": 0}
    first = put(task_id, body)

    again = put(task_id, body)

    assert (again.status, again.body["corrections"]) == (200, first.body["corrections"])


def test_a_correction_of_what_has_changed_meanwhile_is_refused(task_id: str) -> None:
    put(task_id, DOG)

    answer = put(task_id, {"removed": ["cat"], "revision": 0})

    assert (answer.status, answer.body["code"]) == (409, "corrections_changed")
    assert list_names(get(task_id)) == ["dog", "animal"]


def test_of_two_corrections_at_the_same_time_one_is_refused(task_id: str) -> None:
    late = Task.get(task_id)
    put(task_id, DOG)

    with pytest.raises(CorrectionsChangedError):
        correct(late, late.get_corrections().model_copy(update={"removed": ["cat"]}), revision=None)

    assert list_names(get(task_id)) == ["dog", "animal"]


def test_a_result_that_is_deleted_meanwhile_does_not_come_back(task_id: str) -> None:
    late = Task.get(task_id)
    Task(task_id).delete()

    with pytest.raises(TaskNotFoundError):
        correct(late, late.get_corrections().model_copy(update={"removed": ["cat"]}), revision=None)

    assert Task.count() == 0


def test_corrections_are_deleted_with_their_result(task_id: str, store: ImageStore) -> None:
    put(task_id, DOG)

    flow.delete(Task.get(task_id), store)

    assert Task.by_correction.count(CORRECTED) == 0
    assert put(task_id, DOG).status == 404


def test_a_task_without_a_result_cannot_be_corrected() -> None:
    task = build_task()
    task.save()

    answer = put(task.task_id, {"added": ["dog"]})

    assert (answer.status, answer.body["code"]) == (409, "task_not_correctable")


def test_a_label_that_was_not_found_is_named_by_a_code(task_id: str) -> None:
    answer = put(task_id, {"removed": ["horse"]})

    assert (answer.status, answer.body["code"]) == (422, "label_not_found")


def test_results_of_others_do_not_exist(task_id: str) -> None:
    answer = put(task_id, DOG, owner_id=OTHER_OWNER_ID)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")
    assert get(task_id)["corrections"] is None


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ("{", "body"),
        ([], "body"),
        ({"added": [" dog"]}, "body.added.0"),
        ({"added": [""]}, "body.added.0"),
        ({"added": ["a\nb"]}, "body.added.0"),
        ({"added": ["a" * 61]}, "body.added.0"),
        ({"added": ["a"] * 51}, "body.added"),
        ({"removed": ["cat", "cat"]}, "body"),
        ({"removed": ["cat"], **DOG}, "body"),
        ({"renamed": [{"from": "cat"}]}, "body.renamed.0.to"),
        ({"renamed": [{"old": "cat", "to": "dog"}]}, "body.renamed.0.from"),
        ({"revision": -1}, "body.revision"),
        ({"labels": []}, "body.labels"),
    ],
)
def test_a_bad_body_changes_nothing(body: Any, location: str, task_id: str) -> None:
    answer = put(task_id, body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert location in [error["location"] for error in answer.body["errors"]]
    assert get(task_id)["corrections"] is None


@pytest.mark.parametrize("name", ["🐶", "!!!", "\u2764\ufe0f ★"])
@pytest.mark.parametrize("field", ["added", "renamed"])
def test_a_label_that_no_search_could_find_is_refused(field: str, name: str, task_id: str) -> None:
    value = name if field == "added" else {"from": "tabby", "to": name}

    answer = put(task_id, {field: [value]})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert "letter or digit" in json.dumps(answer.body)


@pytest.mark.parametrize("name", ["🐶 Rex", "猫", "7", "über"])
def test_a_label_with_a_letter_or_digit_is_taken(name: str, task_id: str) -> None:
    assert put(task_id, {"added": [name]}).status == 200


def test_only_json_is_taken(task_id: str) -> None:
    answer = put(task_id, DOG, "text/plain")

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def share(body: Any, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json"}
    return request(
        correct_result.handler,
        "PUT",
        "/account/sharing",
        body=json.dumps(body),
        headers=headers,
        **parts,
    )


def get_sharing(**parts: Any) -> Any:
    return request(correct_result.handler, "GET", "/account/sharing", **parts).body


def test_nothing_is_shared_before_somebody_says_so() -> None:
    assert get_sharing() == {"corrections": None, "chosenAt": None}
    assert find_sharers([OWNER_ID]) == frozenset()


def test_an_answer_belongs_to_one_user_and_can_be_taken_back() -> None:
    share({"corrections": True})

    assert get_sharing()["corrections"] is True
    assert get_sharing(owner_id=OTHER_OWNER_ID)["corrections"] is None
    assert find_sharers([OWNER_ID, OTHER_OWNER_ID]) == {OWNER_ID}
    share({"corrections": False})
    assert find_sharers([OWNER_ID]) == frozenset()


@pytest.mark.parametrize("body", [{}, {"corrections": None}, {"corrections": "yes"}, []])
def test_a_bad_answer_changes_nothing(body: Any) -> None:
    assert share(body).status == 422
    assert get_sharing()["corrections"] is None
