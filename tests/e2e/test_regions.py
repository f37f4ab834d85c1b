"""Two regions in one local AWS: copies, cuts and outages, without Spotter on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.ports import find_free_port
from infra.local.processes import Roster
from infra.local.regions.copies import copy_bucket
from infra.local.regions.plan import build_plan, write_plan
from infra.local.regions.remote import Situation, turn
from infra.local.resources.images import ensure_bucket
from infra.local.server import Server, start_server
from infra.local.venv import install_local_aws
from tests.e2e.conftest import wait_until

FIRST, SECOND = names.FIRST_REGION, names.SECOND_REGION
TABLE, BUCKET = "things", "pictures"
COPY = f"{BUCKET}{names.build_suffix(SECOND)}"
Turn = Callable[..., Situation]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    layout = Layout(tmp_path_factory.mktemp("regions"))
    layout.create()
    roster, plan = Roster(layout), write_plan(build_plan(lag_seconds=0.1))
    server = start_server(install_local_aws(), find_free_port(), layout, roster, plan)
    try:
        create_pair(server.connect(FIRST), server.connect(SECOND))
        yield server
    finally:
        roster.stop_all()
        server.process.wait()


def create_pair(first: Clients, second: Clients) -> None:
    """A global table, and two buckets that are copied both ways."""
    first.dynamodb.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    first.dynamodb.update_table(
        TableName=TABLE, ReplicaUpdates=[{"Create": {"RegionName": SECOND}}]
    )
    for clients, bucket in ((first, BUCKET), (second, COPY)):
        ensure_bucket(clients, bucket)
        clients.s3.put_bucket_versioning(
            Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
        )
    copy_bucket(first, BUCKET, COPY, "")
    copy_bucket(second, COPY, BUCKET, "")


@pytest.fixture
def first(server: Server) -> Clients:
    return server.connect(FIRST)


@pytest.fixture
def second(server: Server) -> Clients:
    return server.connect(SECOND)


@pytest.fixture
def switch(server: Server) -> Iterator[Turn]:
    """Turns a switch of the regions. All is whole again after the test."""

    def turn_switch(*words: Any) -> Situation:
        return turn(server.endpoint, server.root_key, *words)

    yield turn_switch
    for words in (("up", FIRST), ("up", SECOND), ("join",)):
        turn_switch(*words)
    wait_until(lambda: turn_switch().waiting == 0)


def write(clients: Clients, key: str, value: str) -> None:
    clients.dynamodb.put_item(TableName=TABLE, Item={"id": {"S": key}, "value": {"S": value}})


def read(clients: Clients, key: str) -> str | None:
    item = clients.dynamodb.get_item(TableName=TABLE, Key={"id": {"S": key}}).get("Item")
    return item["value"]["S"] if item else None


def list_keys(clients: Clients, bucket: str) -> set[str]:
    return {it["Key"] for it in clients.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_records_and_pictures_arrive_in_the_other_region(first: Clients, second: Clients) -> None:
    write(first, "a", "1")
    first.s3.put_object(Bucket=BUCKET, Key="a", Body=b"picture")
    second.s3.put_object(Bucket=COPY, Key="b", Body=b"other")

    wait_until(lambda: read(second, "a") == "1")
    wait_until(lambda: "a" in list_keys(second, COPY) and "b" in list_keys(first, BUCKET))
    copy = second.s3.get_object(Bucket=COPY, Key="a")
    assert (copy["ReplicationStatus"], copy["Body"].read()) == ("REPLICA", b"picture")

    second.dynamodb.delete_item(TableName=TABLE, Key={"id": {"S": "a"}})
    second.s3.delete_object(Bucket=COPY, Key="a")

    wait_until(lambda: read(first, "a") is None)
    wait_until(lambda: "a" not in list_keys(first, BUCKET))


def test_while_cut_both_work_and_then_the_last_writer_wins(
    first: Clients, second: Clients, switch: Turn
) -> None:
    write(first, "c", "before")
    wait_until(lambda: read(second, "c") == "before")
    assert switch("cut").cut

    write(second, "c", "earlier")
    write(first, "c", "later")

    assert (read(first, "c"), read(second, "c"), switch().waiting) == ("later", "earlier", 2)
    switch("join")
    wait_until(lambda: switch().waiting == 0)
    assert read(first, "c") == read(second, "c") == "later"


def test_a_region_that_is_away_answers_nobody_and_catches_up(
    first: Clients, second: Clients, switch: Turn
) -> None:
    write(first, "d", "before")
    wait_until(lambda: read(second, "d") == "before")
    assert switch("down", FIRST).away == [FIRST]

    with pytest.raises(ClientError):
        read(first, "d")
    with pytest.raises(ClientError):
        list_keys(first, BUCKET)
    with pytest.raises(ClientError):  # Another protocol
        first.autoscaling.describe_auto_scaling_groups()
    write(second, "d", "meanwhile")

    switch("up", FIRST)
    wait_until(lambda: read(first, "d") == "meanwhile")
