"""The owners that one page shows: their e-mail addresses, and links to them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from django.urls import reverse
from django.utils.html import format_html

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


def link_owner(owner_id: str, address: str) -> str:
    """A link to the account of an owner. It shows the address, or the beginning of the id."""
    url = reverse("admin:users_user_changelist") + f"?q={owner_id}"
    text = address or owner_id[:8]
    return format_html('<a class="cut" href="{}" title="{}">{}</a>', url, owner_id, text)
