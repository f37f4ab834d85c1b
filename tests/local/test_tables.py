"""The local system's tables: made at its own address, and brought up to date."""

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws
from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, IncludeProjection
from pynamodb.models import Model

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.tables import create_table
from tests.local.examples import KEY

TABLE = "things"


class ByOwner(GlobalSecondaryIndex["Thing"]):
    class Meta:
        index_name = "by_owner"
        projection = IncludeProjection(["colour"])

    owner = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)


class OldThing(Model):
    """A table as an earlier version declared it."""

    class Meta:
        table_name = TABLE
        region = names.REGION
        billing_mode = "PAY_PER_REQUEST"

    name = UnicodeAttribute(hash_key=True)
    expires_at = TTLAttribute()


class Thing(Model):
    class Meta(OldThing.Meta):
        pass

    name = UnicodeAttribute(hash_key=True)
    owner = UnicodeAttribute()
    by_owner = ByOwner()


@pytest.fixture
def clients() -> Iterator[Clients]:
    with mock_aws():
        yield Clients(f"https://dynamodb.{names.REGION}.amazonaws.com", KEY)


def describe(clients: Clients) -> Any:
    return clients.dynamodb.describe_table(TableName=TABLE)["Table"]


def test_a_table_is_made_at_the_address_of_the_local_aws(clients: Clients) -> None:
    create_table(clients, OldThing)

    meta: Any = OldThing.Meta
    assert meta.host == clients.endpoint
    assert describe(clients)["KeySchema"] == [{"AttributeName": "name", "KeyType": "HASH"}]
    ttl = clients.dynamodb.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    assert ttl == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}


def test_an_earlier_version_gets_the_index_that_it_lacks(clients: Clients) -> None:
    create_table(clients, OldThing)

    create_table(clients, Thing)
    create_table(clients, Thing)

    [index] = describe(clients)["GlobalSecondaryIndexes"]
    assert index["IndexName"] == "by_owner"
    assert index["KeySchema"] == [
        {"AttributeName": "owner", "KeyType": "HASH"},
        {"AttributeName": "name", "KeyType": "RANGE"},
    ]
    assert index["Projection"] == {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["colour"]}
