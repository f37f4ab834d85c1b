"""A task that waits for a sleeping worker shows about how long."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas import get_result
from pipeline.lambdas.starting import LEAST_SECONDS, estimate_start
from tests.examples import build_task
from tests.lambdas.events import request

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "expected"),
    [(0, None), (9, None), (10, 146), (100, 56), (151, LEAST_SECONDS), (900, LEAST_SECONDS)],
)
def test_the_estimate_falls_with_the_time_that_a_task_has_waited(
    waited: int, expected: int | None
) -> None:
    task = build_task(status=TaskStatus.QUEUED.value, queued_at=NOW - timedelta(seconds=waited))

    assert estimate_start(task, 156, NOW) == expected


def test_a_fleet_that_never_sleeps_has_no_estimate() -> None:
    task = build_task(status=TaskStatus.QUEUED.value, queued_at=NOW - timedelta(minutes=5))

    assert estimate_start(task, 0, NOW) is None


@pytest.mark.parametrize("status", set(TaskStatus) - {TaskStatus.QUEUED})
def test_only_a_waiting_task_has_an_estimate(status: TaskStatus) -> None:
    task = build_task(status=status.value, queued_at=NOW - timedelta(minutes=5))

    assert estimate_start(task, 156, NOW) is None


@pytest.mark.parametrize(("start_seconds", "poll"), [(156, "5"), (0, "1")])
def test_the_answer_carries_the_estimate_and_asks_for_fewer_polls(
    monkeypatch: pytest.MonkeyPatch, start_seconds: int, poll: str
) -> None:
    changed = get_result.settings.model_copy(update={"start_seconds": start_seconds})
    monkeypatch.setattr(get_result, "settings", changed)
    queued_at = datetime.now(UTC) - timedelta(seconds=60)
    task = build_task(status=TaskStatus.QUEUED.value, queued_at=queued_at)
    transitions.insert(task)

    answer = request(get_result.handler, "GET", f"/results/{task.task_id}")

    assert answer.headers["Retry-After"] == poll
    if start_seconds:
        assert 90 <= answer.body["startsInSeconds"] <= 96
    else:
        assert answer.body["startsInSeconds"] is None
