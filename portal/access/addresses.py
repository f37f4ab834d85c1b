"""E-mail addresses of the owners that one page shows."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from portal.access.accounts import find_owner
from portal.remote.attempts import attempt

OWNERS = 20
"""Cognito is asked for so many owners of one page, one call each; the others show their id."""

PARALLEL = 5


def read_addresses(owner_ids: Iterable[str]) -> dict[str, str]:
    """By owner id. An owner whom Cognito does not name is left out: the page is there without."""
    wanted = list(dict.fromkeys(owner_ids))[:OWNERS]
    with ThreadPoolExecutor(PARALLEL) as pool:
        accounts = list(pool.map(lambda owner: attempt(lambda: find_owner(owner)).value, wanted))
    return {owner: one.email for owner, one in zip(wanted, accounts, strict=True) if one}
