"""Each record of a finished task becomes one hint; the first that fails is tried again."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from pipeline.core.live.announcements import ANNOUNCE
from pipeline.core.live.connections import add_connection
from pipeline.core.live.push import Push
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import announce
from tests.examples import OWNER_ID
from tests.lambdas.events import call
from tests.live_gateway import LiveGateway


@pytest.fixture(autouse=True)
def _reach_the_gateway(gateway: LiveGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announce, "push", Push(gateway.url))


def build_record(number: int, owner_id: str | None = OWNER_ID, status: str = "succeeded") -> Any:
    owner = {"owner_id": {"S": owner_id}} if owner_id else {}
    image = {"task_id": {"S": f"task-{number}"}, "status": {"S": status}, **owner}
    return {
        "eventID": f"event-{number}",
        "dynamodb": {"SequenceNumber": str(number), "NewImage": image},
    }


def hint(number: int, status: str = "succeeded") -> dict[str, str]:
    return {"type": "task", "taskId": f"task-{number}", "status": status}


def test_each_finished_task_is_announced_to_its_owner(gateway: LiveGateway) -> None:
    add_connection("mine", OWNER_ID)
    add_connection("other", "somebody-else")

    records = [build_record(1), build_record(2, status="failed")]
    answer = call(announce.handler, {"Records": records})

    assert answer == {"batchItemFailures": []}
    assert gateway.messages == {"mine": [hint(1), hint(2, "failed")]}


def test_the_first_record_that_fails_is_named_and_those_behind_it_wait(
    gateway: LiveGateway,
) -> None:
    add_connection("mine", OWNER_ID)
    add_connection("broken", "somebody-else")
    gateway.statuses["broken"] = HTTPStatus.FORBIDDEN
    records = [build_record(1), build_record(2, "somebody-else"), build_record(3)]

    answer = call(announce.handler, {"Records": records})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert gateway.messages == {"mine": [hint(1)]}


@pytest.mark.parametrize("poison", [build_record(1, None), build_record(1, status="unheard-of")])
def test_a_record_that_makes_no_sense_is_named(poison: Any) -> None:
    answer = call(announce.handler, {"Records": [poison]})

    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}


def test_a_record_that_comes_twice_is_announced_twice_and_does_no_harm(
    gateway: LiveGateway,
) -> None:
    add_connection("mine", OWNER_ID)

    for _ in range(2):
        call(announce.handler, {"Records": [build_record(1)]})

    assert gateway.messages == {"mine": [hint(1), hint(1)]}


def test_the_filter_knows_the_record_of_a_finished_task() -> None:
    """The filter names attributes and statuses as the table's stream has them."""
    task = Task(
        owner_id=OWNER_ID,
        content_type="image/jpeg",
        size_bytes=1,
        min_confidence=50,
        max_labels=10,
    )
    task.save()
    made = task.serialize()
    transitions.expire(task)
    expired = Task.get(task.task_id).serialize()

    assert matches(OldImage=made, NewImage=expired)
    assert not matches(NewImage=made)
    assert not matches(OldImage=expired, NewImage=expired)
    assert not matches(OldImage=made)


def matches(**images: Any) -> bool:
    """Whether the filter passes a record. It has lists of allowed values only."""
    pattern = json.loads(ANNOUNCE.filters[0])["dynamodb"]
    return all(
        images.get(image, {}).get(name, {}).get("S") in allowed["S"]
        for image, attributes in pattern.items()
        for name, allowed in attributes.items()
    )
