"""Which region a task belongs to."""

from collections.abc import Iterator

import pytest

from pipeline.core.regions import Regions, load_regions
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from tests.examples import build_task

OLDEST, OTHER = "us-east-1", "eu-west-1"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    load_regions.cache_clear()
    yield
    load_regions.cache_clear()


def test_in_one_region_every_task_is_at_home_and_stores_nothing_of_it() -> None:
    regions = load_regions()

    assert regions == Regions(OLDEST)
    assert regions.new_home is None
    assert regions.is_home(None)
    assert "home_region" not in build_task().serialize()


@pytest.mark.usefixtures("aws")
def test_in_two_regions_a_new_task_stores_where_it_was_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("REGIONS", f"{OLDEST},{OTHER}")
    task = build_task()

    transitions.insert(task)

    assert Task.get(task.task_id).home_region == OLDEST
    assert load_regions().is_home(OLDEST)
    assert not load_regions().is_home(OTHER)


def test_tasks_from_before_the_second_region_belong_to_the_oldest_one() -> None:
    names = (OLDEST, OTHER)

    assert Regions(OLDEST, names).is_home(None)
    assert not Regions(OTHER, names).is_home(None)
