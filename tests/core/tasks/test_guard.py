"""A success stays final although two regions write without knowing of each other."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.tasks import guard
from pipeline.core.tasks.record import Task, TaskStatus
from tests.core.tasks.two_regions import ACTIONS, TwoRegions, create_clients
from tests.examples import build_task

STEPS = st.lists(
    st.tuples(st.sampled_from([0, 1]), st.sampled_from([*ACTIONS, "deliver", "guard"])),
    max_size=12,
)
CUT = [(0, "start"), (0, "succeed"), (1, "start"), (1, "fail")]
"""Both regions work on the task. The second one fails it after the first one has its result."""


@pytest.fixture
def clients(aws: None) -> Iterator[dict[str, Any]]:
    connection = Task._get_connection().connection
    before = connection._client
    yield create_clients()
    connection._client = before


def play(regions: TwoRegions, steps: list[tuple[int, str]]) -> TwoRegions:
    for place, name in steps:
        if name in ACTIONS:
            regions.act(place, name)
        else:
            getattr(regions, name)(place)
    regions.settle()
    return regions


def test_without_the_guard_a_later_failure_replaces_a_success(clients: dict[str, Any]) -> None:
    regions = play(TwoRegions(clients, is_guarded=False), CUT)

    assert regions.find_statuses() == [TaskStatus.FAILED, TaskStatus.FAILED]


def test_the_guard_gives_the_success_back_to_both_regions(clients: dict[str, Any]) -> None:
    regions = play(TwoRegions(clients), CUT)

    assert regions.find_statuses() == [TaskStatus.SUCCEEDED, TaskStatus.SUCCEEDED]


@pytest.mark.slow
def test_a_success_is_final_in_whatever_order_two_regions_write(clients: dict[str, Any]) -> None:
    succeeded = 0

    @settings(max_examples=40)
    @given(steps=STEPS)
    def check(steps: list[tuple[int, str]]) -> None:
        nonlocal succeeded
        regions = play(TwoRegions(clients), steps)
        first, second = (region.read(regions.task_id) for region in regions.regions)

        assert first == second
        if any(region.successes for region in regions.regions):
            succeeded += 1
            assert regions.find_statuses() == [TaskStatus.SUCCEEDED] * 2

    check()
    assert succeeded > 5


def test_a_task_that_was_made_again_is_not_the_one_that_succeeded() -> None:
    old = build_task(status=TaskStatus.SUCCEEDED.value)
    again = build_task(task_id=old.task_id, status=TaskStatus.AWAITING_UPLOAD.value)

    assert not guard.is_overwritten(old.serialize(), again.serialize())


@pytest.mark.usefixtures("aws")
def test_a_deleted_task_does_not_come_back() -> None:
    old = build_task(status=TaskStatus.SUCCEEDED.value)

    assert not guard.restore(old.serialize())

    assert Task.count() == 0


@pytest.mark.usefixtures("aws")
def test_attributes_that_this_release_does_not_know_are_restored_too() -> None:
    task = build_task(status=TaskStatus.FAILED.value)
    task.save()
    old = {**task.serialize(), "status": {"S": "succeeded"}, "from_tomorrow": {"S": "kept"}}

    assert guard.restore(old)
    assert not guard.restore(old)

    client: Any = Task._get_connection().connection.client
    key = {"task_id": {"S": task.task_id}}
    assert client.get_item(TableName="tasks", Key=key)["Item"] == old
