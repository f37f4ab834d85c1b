"""How other routes and functions treat versions: corrections, search, hints."""

import pytest

from pipeline.core.corrections import Corrections
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import build_version_id
from pipeline.lambdas import announce, cancel_result, index_words, list_results
from tests.examples import OWNER_ID, save_result
from tests.lambdas.events import Context, request
from tests.lambdas.versions import DOG, ask, correct, finish, read


def test_a_version_that_waits_is_cancelled() -> None:
    task = save_result()
    ask(task.task_id)

    answer = request(cancel_result.handler, "POST", f"/results/{task.task_id}/cancel")

    assert answer.status == 200
    assert read(task.task_id).body["nextVersion"]["error"]["code"] == "cancelled"
    assert ask(task.task_id).body["version"] == 3


def test_corrections_stay_with_the_task_and_fit_every_version() -> None:
    task = save_result()
    correct(task.task_id, removed=[], renamed=[{"from": "cat", "to": "lynx"}], added=["snow"])
    ask(task.task_id)
    finish(build_version_id(task.task_id, 2), DOG)

    shown = read(task.task_id).body
    again = correct(task.task_id, renamed=[{"from": "cat", "to": "lynx"}], removed=["dog"])

    names = {label["name"] for label in shown["labels"]}
    assert {"dog", "lynx", "snow"} <= names
    assert "cat" not in names
    assert [label["name"] for label in shown["corrections"]["foundLabels"]] == ["dog"]
    assert again.status == 200
    assert "dog" not in {label["name"] for label in again.body["labels"]}
    assert Task.get(build_version_id(task.task_id, 1)).get_corrections() == Corrections()


def test_a_label_that_no_version_had_cannot_be_corrected() -> None:
    assert correct(save_result().task_id, removed=["horse"]).status == 422


def test_the_index_of_words_ignores_versions_and_follows_their_task() -> None:
    task = save_result()
    ask(task.task_id)
    finish(build_version_id(task.task_id, 2), DOG)
    records = [
        {
            "eventName": "MODIFY",
            "dynamodb": {"SequenceNumber": str(number), "NewImage": each.serialize()},
        }
        for number, each in enumerate(Task.scan())
        if each.status
    ]

    index_words.handler({"Records": records}, Context())  # type: ignore[arg-type]

    def find(label: str) -> list[str]:
        answer = request(list_results.handler, "GET", "/results", query={"label": label})
        return [each["taskId"] for each in answer.body["results"]]

    assert len(records) == 3
    assert (find("dog"), find("cat")) == ([task.task_id], [])


@pytest.mark.parametrize("fails", [False, True])
def test_a_finished_version_is_announced_as_a_change_of_its_task(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = save_result()
    ask(task.task_id)
    version_id = build_version_id(task.task_id, 2)
    if fails:
        transitions.fail(Task(version_id), RetriesExhaustedError())
    else:
        finish(version_id, DOG)
    sent: list[tuple[str, object]] = []

    def push(owner_id: str, hint: object) -> int:
        sent.append((owner_id, hint))
        return 1

    monkeypatch.setattr(announce.push, "push", push)
    record = {"dynamodb": {"SequenceNumber": "1", "NewImage": Task.get(version_id).serialize()}}

    announce.handler({"Records": [record]}, Context())  # type: ignore[arg-type]

    assert sent == [(OWNER_ID, {"type": "task", "taskId": task.task_id, "status": "succeeded"})]
