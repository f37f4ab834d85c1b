"""Signs an operator in through the real pages once a minute, and copies what that wrote.

The pages of a sign-in need a fifth of a second of processor time, and most tests of the portal
begin with them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie

from django.test import Client
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends

from portal.environment import env

LIFETIME = timedelta(seconds=45)
"""The first request of an older session would also note that the operator is active."""


@dataclass(frozen=True)
class _SignedIn:
    at: datetime
    written: set[tuple[str, str]]
    """Pairs of a table and an item's attributes as JSON."""
    cookies: SimpleCookie


_known: dict[str, _SignedIn] = {}


def reuse(group: str, sign_in: Callable[[str], Client], open_browser: type[Client]) -> Client:
    """A browser in which an operator of the group is signed in."""
    known = _known.get(group)
    if known is None or datetime.now(UTC) - known.at > LIFETIME:
        started_at, before = datetime.now(UTC), _read_items()
        client = sign_in(group)
        _known[group] = _SignedIn(started_at, _read_items() - before, deepcopy(client.cookies))
        return client
    for table, attributes in known.written:
        _get_backend().get_table(table).put_item(json.loads(attributes), overwrite=True)
    client = open_browser()
    client.cookies = deepcopy(known.cookies)
    return client


def _read_items() -> set[tuple[str, str]]:
    return {
        (name, json.dumps(item.to_json()["Attributes"], sort_keys=True))
        for name, table in _get_backend().tables.items()
        for item in table.all_items()
    }


def _get_backend() -> DynamoDBBackend:
    return dynamodb_backends[DEFAULT_ACCOUNT_ID][env.aws_region]
