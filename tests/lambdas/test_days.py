"""The days on which a user has tasks, for a page that jumps to one of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.settings import RETENTION
from pipeline.core.tasks import days, transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import list_results
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.events import Answer, request


def get(**parts: Any) -> Answer:
    return request(list_results.handler, "GET", "/results/days", **parts)


def save(day: int, hour: int, owner_id: str = OWNER_ID) -> str:
    """Save a task of January 2026 and tell when it was created."""
    moment = datetime(2026, 1, day, hour, tzinfo=UTC)
    transitions.insert(build_task(owner_id, created_at=moment))
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def list_newest(**query: str) -> list[str]:
    return [each["newestAt"] for each in get(query=query).body["days"]]


def test_each_day_with_tasks_is_listed_once_newest_first() -> None:
    save(3, 9)
    newest_of_3 = save(3, 18)
    only_of_7 = save(7, 0)
    save(9, 12, OTHER_OWNER_ID)

    assert list_newest() == [only_of_7, newest_of_3]


def test_the_readers_clock_decides_where_a_day_begins() -> None:
    evening, night = save(3, 22), save(4, 1)

    assert list_newest() == [night, evening]
    assert list_newest(utcOffset="180") == [night]  # 1:00 and 4:00 of the fourth
    assert list_newest(utcOffset="-180") == [night]  # 19:00 and 22:00 of the third


def test_one_task_is_read_for_each_day(monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in range(20):
        save(3, hour)
    reads = []
    query = Task.by_owner.query

    def note(*arguments: Any, **options: Any) -> Any:
        reads.append(options["limit"])
        return query(*arguments, **options)

    monkeypatch.setattr(Task.by_owner, "query", note)

    get()

    assert reads == [1, 1]  # The last one finds no older day


def test_the_days_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(days, "MOST_DAYS", 2)
    moments = [save(day, 12) for day in (1, 2, 3)]

    assert list_newest() == [moments[2], moments[1]]


def test_a_day_of_somebody_without_tasks_does_not_exist() -> None:
    assert list_newest() == []


@pytest.mark.parametrize("offset", ["841", "-841", "noon"])
def test_an_impossible_clock_is_refused(offset: str) -> None:
    answer = get(query={"utcOffset": offset})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")


def test_all_days_of_the_retention_fit() -> None:
    assert timedelta(days=days.MOST_DAYS) > RETENTION + timedelta(days=1)
