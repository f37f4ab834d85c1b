"""POST and GET /results/{taskId}/versions."""

from dataclasses import replace

import pytest

from pipeline.core import doors
from pipeline.core.doors import Door
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import build_version_id
from pipeline.lambdas import list_results, result_versions, version_schemas
from pipeline.lambdas.limits import TokenBucket
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_result, build_task, save_result
from tests.lambdas.events import request
from tests.lambdas.uploads import receive
from tests.lambdas.versions import DOG, ask, finish, read, read_versions


def test_a_new_version_is_queued_and_the_result_stays_meanwhile(queue: TaskQueue) -> None:
    task = save_result()

    answer = ask(task.task_id, detail="fine")

    assert answer.status == 202
    assert answer.body == {"taskId": task.task_id, "version": 2, "status": "queued"}
    assert receive(queue) == [build_version_id(task.task_id, 2)]
    shown = read(task.task_id).body
    assert (shown["status"], shown["version"]) == ("succeeded", 1)
    assert [label["name"] for label in shown["labels"]] == ["cat"]
    assert shown["nextVersion"] == {"version": 2, "status": "queued", "error": None}


def test_a_finished_version_is_shown_with_what_changed() -> None:
    task = save_result()
    ask(task.task_id, features=["labels", "text"])
    finish(build_version_id(task.task_id, 2), DOG)

    shown = read(task.task_id).body
    newest, first = read_versions(task.task_id).body["versions"]

    assert (shown["version"], shown["nextVersion"]) == (2, None)
    assert [label["name"] for label in shown["labels"]] == ["dog"]
    assert shown["features"] == newest["features"] == ["labels", "text"]
    assert newest["changes"] == {"since": 1, "new": ["dog"], "gone": ["cat"], "changed": []}
    assert (first["version"], first["changes"]) == (1, None)
    assert [label["name"] for label in first["labels"]] == ["cat"]
    [listed] = request(list_results.handler, "GET", "/results").body["results"]
    assert (listed["taskId"], listed["version"]) == (task.task_id, 2)


def test_an_earlier_version_shows_all_that_it_found() -> None:
    task = save_result()
    before = read(task.task_id).body
    ask(task.task_id, features=["labels"])
    started = transitions.start(build_version_id(task.task_id, 2), worker="w2", receive_count=1)
    transitions.succeed(started, replace(build_result(), text=None, properties=None))

    newest, first = read_versions(task.task_id).body["versions"]

    shown = ("labels", "text", "properties", "moderation", "timings", "models")
    assert {name: first[name] for name in shown} == {name: before[name] for name in shown}
    assert first["text"]["lines"]
    assert first["properties"]
    assert (newest["text"], newest["properties"]) == (None, None)


def test_texts_are_shown_newest_first_as_long_as_an_answer_has_room(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = save_result()
    ask(task.task_id)
    finish(build_version_id(task.task_id, 2), DOG)
    lines = len(read(task.task_id).body["text"]["lines"])

    monkeypatch.setattr(version_schemas, "MOST_LINES", lines)
    newest, first = read_versions(task.task_id).body["versions"]

    assert len(newest["text"]["lines"]) == lines
    assert first["text"] is None


def test_another_confidence_is_a_change_and_the_same_one_is_none() -> None:
    task = save_result()
    [cat] = task.get_labels()
    for number, confidence in ((2, 97.5), (3, 90.0)):
        ask(task.task_id)
        finish(
            build_version_id(task.task_id, number),
            cat.model_copy(update={"confidence": confidence}),
        )

    newest, second, _ = read_versions(task.task_id).body["versions"]

    assert second["changes"] == {"since": 1, "new": [], "gone": [], "changed": []}
    assert newest["changes"]["changed"] == [
        {"name": "cat", "before": 97.5, "after": 90.0, "placesBefore": 1, "placesAfter": 1}
    ]


def test_a_version_that_failed_says_why_and_the_result_stays() -> None:
    task = save_result()
    ask(task.task_id)
    transitions.fail(Task(build_version_id(task.task_id, 2)), RetriesExhaustedError())

    shown = read(task.task_id).body
    failed, first = read_versions(task.task_id).body["versions"]

    assert (shown["status"], shown["error"]) == ("succeeded", None)
    assert shown["nextVersion"]["error"]["code"] == "retries_exhausted"
    assert (failed["status"], failed["error"]["code"]) == ("failed", "retries_exhausted")
    assert first["status"] == "succeeded"


def test_the_entity_tag_changes_with_a_new_version() -> None:
    task = save_result()
    before = read(task.task_id).headers["ETag"]
    ask(task.task_id)

    during = read(task.task_id).headers["ETag"]
    finish(build_version_id(task.task_id, 2), DOG)
    after = read(task.task_id, headers={"If-None-Match": during})

    assert len({before, during, after.headers["ETag"]}) == 3
    assert after.status == 200


def test_a_repeat_costs_nothing_and_gets_the_same_version(queue: TaskQueue) -> None:
    task = save_result()
    ask(task.task_id, detail="fine")
    charged = TokenBucket.get(f"pixels:{OWNER_ID}").full_at

    again = ask(task.task_id, detail="fine")

    assert again.body == {"taskId": task.task_id, "version": 2, "status": "queued"}
    assert TokenBucket.get(f"pixels:{OWNER_ID}").full_at == charged
    assert len(receive(queue)) == 1
    assert ask(task.task_id).body["code"] == "version_open"


def test_a_version_counts_as_a_photo_without_its_bytes() -> None:
    ask(save_result().task_id)

    charged = [bucket.bucket_id for bucket in TokenBucket.scan() if bucket.full_at]
    buckets = {bucket_id.partition(":")[0] for bucket_id in charged}
    assert {"rate", "pixels"} <= buckets
    assert not {"bytes", "stored"} & buckets


def test_unfinished_versions_have_the_limit_of_unfinished_tasks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    few = result_versions.settings.model_copy(update={"max_unfinished_tasks": 1})
    monkeypatch.setattr(result_versions, "settings", few)
    first, second = save_result(), save_result()
    ask(first.task_id)

    answer = ask(second.task_id)

    assert (answer.status, answer.body["code"]) == (429, "too_many_in_flight")
    finish(build_version_id(first.task_id, 2), DOG)
    assert ask(second.task_id).status == 202


def test_only_a_result_gets_a_version() -> None:
    task = build_task(status="queued")
    transitions.insert(task)

    answer = ask(task.task_id)

    assert (answer.status, answer.body["code"]) == (409, "no_result_yet")


def test_what_the_service_does_not_offer_is_refused(queue: TaskQueue) -> None:
    task = save_result()

    answers = [
        ask(task.task_id, engine="rekognition"),
        ask(task.task_id, features=["moderation"]),
        ask(task.task_id, models=["unknown"]),
        ask(task.task_id, sharpness=3),
    ]

    assert [answer.status for answer in answers] == [422] * 4
    assert receive(queue) == []


def test_nothing_is_recognised_while_uploads_are_closed() -> None:
    task = save_result()
    doors.close(Door.UPLOADS, closed_by="operator", reason="A test")

    assert ask(task.task_id).status == 503


UNKNOWN_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"


@pytest.mark.parametrize("task_id", [None, UNKNOWN_ID, f"{UNKNOWN_ID}:1"])
def test_the_versions_of_another_user_or_of_no_task_are_missing(task_id: str | None) -> None:
    wanted = task_id or save_result(OTHER_OWNER_ID).task_id

    assert (read_versions(wanted).status, ask(wanted).status) == (404, 404)
