"""The keys of one user: one item in the table of tasks.

Each key is an attribute of the item, so one conditional write adds or revokes it, and the number of
keys is exact. The item lacks the keys of the tasks' indexes, so no list shows it.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.errors import KeyNotFoundError, TooManyKeysError
from pipeline.core.keys.text import KeyText, make_key

MAX_KEYS = 10
"""Keys of one user at the same time."""

_KEY = "key:"
"""Prefix of the attribute that holds one key."""

_USED = "used:"
"""Prefix of the attribute that says when one key was last exchanged."""


class Scope(StrEnum):
    """What a key may do."""

    READ = "read"  # GET on every route that takes keys
    WRITE = "write"  # All other methods. Those that show results need both scopes


class ApiKey(BaseModel, frozen=True):
    """What is stored of one key."""

    key_id: str
    name: str
    shown: str
    """The beginning of its text."""
    hash: str
    """SHA-256 of its text."""
    scopes: tuple[Scope, ...]
    created_at: datetime
    ends_at: datetime | None = None
    daily_limit: int | None = None
    """Pictures that it may send in a day, in UTC."""
    last_used_at: datetime | None = None
    """When it was last exchanged for a token."""

    @property
    def is_valid(self) -> bool:
        return self.ends_at is None or datetime.now(UTC) < self.ends_at


class KeysItem(Model):
    """All keys of one user."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    account = UnicodeAttribute(null=True)
    """The user's name in the user pool, which an exchange signs in."""
    key_count = NumberAttribute(null=True)


@dataclass(frozen=True)
class NewKey:
    """A key that was just made."""

    stored: ApiKey
    text: KeyText
    """The key itself. It is known only now."""


def create_key(
    owner_id: str,
    account: str,
    *,
    name: str,
    scopes: Sequence[Scope],
    ends_at: datetime | None = None,
    daily_limit: int | None = None,
) -> NewKey:
    """Store a new key.

    Raises:
        TooManyKeysError: The user has `MAX_KEYS` keys.
    """
    text = make_key(owner_id)
    created = ApiKey(
        key_id=text.key_id,
        name=name,
        shown=text.shown,
        hash=text.hash,
        scopes=tuple(scopes),
        created_at=datetime.now(UTC),
        ends_at=ends_at,
        daily_limit=daily_limit,
    )
    _insert(owner_id, account, created)
    return NewKey(created, text)


def _insert(owner_id: str, account: str, created: ApiKey) -> None:
    stored = _get_attribute(_KEY, created.key_id)
    has_room = KeysItem.key_count.does_not_exist() | (KeysItem.key_count < MAX_KEYS)
    try:
        _get_item(owner_id).update(
            actions=[
                stored.set(created.model_dump_json()),
                KeysItem.account.set(account),
                KeysItem.key_count.add(1),
            ],
            condition=has_room & stored.does_not_exist(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
        # It is there if the answer to this same write was lost and botocore sent it again.
        if all(key.key_id != created.key_id for key in list_keys(owner_id)):
            raise TooManyKeysError from error


def list_keys(owner_id: str) -> list[ApiKey]:
    """The keys of this user, newest first. A key that has ended stays until it is revoked."""
    return _read_keys(_load(owner_id))


def find_key(owner_id: str, key_id: str) -> ApiKey | None:
    """The valid key of this user with this id."""
    found = (key for key in list_keys(owner_id) if key.key_id == key_id and key.is_valid)
    return next(found, None)


def find_account(text: KeyText) -> str | None:
    """The name in the user pool of the user whose valid key this is; None if it is no such key."""
    stored = _load(text.owner_id)
    for key in _read_keys(stored):
        # Compared in constant time, so that nobody can find a hash byte by byte.
        if key.key_id == text.key_id and hmac.compare_digest(key.hash, text.hash):
            return str(stored[KeysItem.account.attr_name]["S"]) if key.is_valid else None
    return None


def note_use(owner_id: str, key_id: str) -> None:
    """Store that the key was exchanged now. A key that was revoked meanwhile stays revoked."""
    now = datetime.now(UTC).isoformat()
    try:
        _get_item(owner_id).update(
            actions=[_get_attribute(_USED, key_id).set(now)],
            condition=_get_attribute(_KEY, key_id).exists(),
        )
    except UpdateError as error:
        if not is_condition_failure(error):
            raise


def revoke_key(owner_id: str, key_id: str) -> None:
    """Delete a key. Its tokens are refused from the next request on.

    Raises:
        KeyNotFoundError: This user has no such key.
    """
    try:
        _get_item(owner_id).update(
            actions=[
                _get_attribute(_KEY, key_id).remove(),
                _get_attribute(_USED, key_id).remove(),
                KeysItem.key_count.add(-1),
            ],
            condition=_get_attribute(_KEY, key_id).exists(),
        )
    except UpdateError as error:
        if is_condition_failure(error):
            raise KeyNotFoundError from error
        raise


def forget_keys(owner_id: str) -> None:
    """Delete all keys of this user."""
    _get_item(owner_id).delete()


def _load(owner_id: str) -> dict[str, Any]:
    # PynamoDB's models drop attributes that they do not name.
    table = KeysItem._get_connection()
    answer = table.get_item(_get_item(owner_id).key, consistent_read=True)
    stored: dict[str, Any] = answer.get("Item", {})
    return stored


def _read_keys(stored: dict[str, Any]) -> list[ApiKey]:
    keys = [
        ApiKey.model_validate_json(value["S"]).model_copy(
            update={"last_used_at": _read_use(stored, name.removeprefix(_KEY))}
        )
        for name, value in stored.items()
        if name.startswith(_KEY)
    ]
    return sorted(keys, key=lambda key: key.created_at, reverse=True)


def _read_use(stored: dict[str, Any], key_id: str) -> datetime | None:
    used = stored.get(_USED + key_id)
    return datetime.fromisoformat(used["S"]) if used else None


def _get_attribute(prefix: str, key_id: str) -> UnicodeAttribute:
    return UnicodeAttribute(attr_name=prefix + key_id)


def _get_item(owner_id: str) -> KeysItem:
    return KeysItem(f"keys:{owner_id}")
