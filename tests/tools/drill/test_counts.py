"""The counts of a drill, on the tables of two regions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local import names
from tools.chaos.load import Accepted, Picture
from tools.drill import counts
from tools.drill.counts import count_differences, count_kinds, have_same_records
from tools.drill.plan import Row
from tools.drill.report import format_cell
from tools.drill.scene import LOST, SURVIVOR

LABELS = [{"name": "Dog"}]
REFERENCES = {"dog.jpg": [LABELS]}


class Regions:
    """Two tables that nobody replicates. Stands where a scene is asked for its clients."""

    def __init__(self) -> None:
        self._clients = {region: _Clients(region) for region in (LOST, SURVIVOR)}

    def connect(self, region: str) -> Any:
        return self._clients[region]

    def store(self, accepted: Accepted, *regions: str, **values: str) -> None:
        record = {
            "task_id": accepted.task_id,
            "status": "succeeded",
            "sha256": accepted.picture.sha256,
            "labels": json.dumps(LABELS),
            **values,
        }
        for region in regions or (LOST, SURVIVOR):
            item = {name: {"S": value} for name, value in record.items()}
            self._clients[region].dynamodb.put_item(TableName=names.TASKS_TABLE, Item=item)


class _Clients:
    def __init__(self, region: str) -> None:
        self.dynamodb = boto3.client("dynamodb", region_name=region)
        self.dynamodb.create_table(
            TableName=names.TASKS_TABLE,
            KeySchema=[{"AttributeName": "task_id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "task_id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )


@pytest.fixture
def regions() -> Iterator[Regions]:
    with mock_aws():
        yield Regions()


def accept(number: int) -> Accepted:
    return Accepted(f"task-{number}", Picture("dog.jpg", bytes([number])), at=0.0)


def count(regions: Any, *accepted: Accepted) -> tuple[int, int, int]:
    return count_kinds(regions, REFERENCES, accepted)


def test_photos_that_succeeded_in_both_regions_are_good(regions: Regions) -> None:
    tasks = [accept(1), accept(2)]
    for task in tasks:
        regions.store(task)

    assert count(regions, *tasks) == (0, 0, 0)
    assert have_same_records(regions, tasks)  # type: ignore[arg-type] # All that it asks for


def test_a_photo_that_one_region_does_not_know_is_lost(regions: Regions) -> None:
    known, unknown = accept(1), accept(2)
    regions.store(known)
    regions.store(unknown, LOST)

    assert count(regions, known, unknown)[0] == 1
    assert not have_same_records(regions, [known, unknown])  # type: ignore[arg-type]


def test_an_open_task_is_lost(regions: Regions) -> None:
    regions.store(accept(1), status="queued")

    assert count(regions, accept(1))[0] == 1


@pytest.mark.parametrize(
    "values",
    [
        {"labels": json.dumps([{"name": "Cat"}])},
        {"sha256": "of another photo"},
        {"status": "failed", "error_code": "retries_exhausted"},
    ],
)
def test_another_result_is_wrong(regions: Regions, values: dict[str, str]) -> None:
    regions.store(accept(1), SURVIVOR)
    regions.store(accept(1), LOST, **values)

    assert count(regions, accept(1))[1] == 1


def test_regions_that_differ_are_wrong(regions: Regions) -> None:
    regions.store(accept(1), LOST, worker="one")
    regions.store(accept(1), SURVIVOR, worker="other")

    assert count(regions, accept(1)) == (0, 1, 0)


def test_a_photo_with_two_tasks_is_doubled(regions: Regions) -> None:
    task = accept(1)
    regions.store(task)
    regions.store(replace(task, task_id="another"))

    assert count(regions, task) == (0, 0, 1)


def test_a_record_that_one_side_lacks_is_a_difference() -> None:
    assert count_differences({"a": {"status": "queued"}}, {}) == 1


def test_open_tasks_count_where_their_home_is(regions: Regions) -> None:
    regions.store(accept(1), status="queued", home_region=SURVIVOR, image_key="images/1")
    regions.store(accept(2), status="queued", home_region=LOST, image_key="images/2")
    regions.store(accept(3), home_region=SURVIVOR, image_key="images/3")
    regions.store(accept(4), status="awaiting_upload", home_region=SURVIVOR)
    tasks = [accept(number) for number in (1, 2, 3, 4)]

    assert counts.count_known_open(regions.connect(SURVIVOR), tasks, SURVIVOR) == 1


GOOD = Row("warm", 9, 0, 0, 0, 0, 3.0, 1.0, 4, 9.0, 1, 0, 0.5)


@pytest.mark.parametrize("name", ["lost", "wrong", "doubled"])
def test_a_drill_fails_with_its_first_bad_photo(name: str) -> None:
    assert GOOD.is_good
    assert not replace(GOOD, **{name: 1}).is_good  # type: ignore[arg-type] # All are numbers


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [("answered", 0.5, "50%"), ("turned_seconds", None, "-"), ("lost", 0, "0")],
)
def test_cells_are_for_people(name: str, value: float | None, expected: str) -> None:
    assert format_cell(name, value) == expected
