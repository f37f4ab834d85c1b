"""Keys are stored as hashes, have a limit in number, and end at once when they are revoked."""

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline.core.errors import KeyNotFoundError, TooManyKeysError
from pipeline.core.keys import record
from pipeline.core.keys.record import (
    MAX_KEYS,
    ApiKey,
    Scope,
    create_key,
    find_account,
    find_key,
    forget_keys,
    list_keys,
    note_use,
    revoke_key,
)
from pipeline.core.keys.text import KeyText, make_key
from pipeline.core.keys.tokens import find_key_of_token, note_token
from tests.examples import OTHER_OWNER_ID, OWNER_ID

pytestmark = pytest.mark.usefixtures("aws")


def make(owner_id: str = OWNER_ID, **parts: Any) -> tuple[ApiKey, KeyText]:
    made = create_key(owner_id, "account", **{"name": "shop", "scopes": [Scope.READ], **parts})
    return made.stored, made.text


def test_a_new_key_is_listed_and_finds_its_account() -> None:
    key, text = make(daily_limit=5)

    assert list_keys(OWNER_ID) == [key]
    assert (key.name, key.scopes, key.daily_limit, key.last_used_at) == (
        "shop",
        (Scope.READ,),
        5,
        None,
    )
    assert find_account(text) == "account"


def test_the_table_holds_no_part_of_the_secret() -> None:
    _, text = make()

    stored = str(boto3.client("dynamodb").scan(TableName="tasks")["Items"])

    assert text.hash in stored
    assert text.text[20:] not in stored


def test_a_key_with_another_secret_is_none() -> None:
    _, text = make()
    other = make_key(OWNER_ID)
    forged = KeyText(other.text, text.key_id, OWNER_ID)

    assert find_account(forged) is None
    assert find_account(other) is None


def test_nobody_has_more_keys_than_the_limit() -> None:
    for _ in range(MAX_KEYS):
        make()

    with pytest.raises(TooManyKeysError):
        make()
    assert len(list_keys(OWNER_ID)) == MAX_KEYS
    make(OTHER_OWNER_ID)


def test_a_write_that_is_sent_again_after_a_lost_answer_makes_one_key() -> None:
    key, _ = make()

    record._insert(OWNER_ID, "account", key)

    assert list_keys(OWNER_ID) == [key]
    for _ in range(MAX_KEYS - 1):
        make()
    with pytest.raises(TooManyKeysError):
        make()


def test_a_revoked_key_makes_room_for_another_one() -> None:
    keys = [make()[0] for _ in range(MAX_KEYS)]

    revoke_key(OWNER_ID, keys[0].key_id)

    make()
    with pytest.raises(TooManyKeysError):
        make()


def test_a_revoked_key_is_gone() -> None:
    key, text = make()
    note_use(OWNER_ID, key.key_id)

    revoke_key(OWNER_ID, key.key_id)

    assert find_account(text) is None
    assert list_keys(OWNER_ID) == []
    with pytest.raises(KeyNotFoundError):
        revoke_key(OWNER_ID, key.key_id)


def test_nobody_revokes_the_key_of_another_user() -> None:
    key, text = make()

    with pytest.raises(KeyNotFoundError):
        revoke_key(OTHER_OWNER_ID, key.key_id)

    assert find_account(text) == "account"


def test_a_key_ends_at_its_end_but_stays_in_the_list() -> None:
    key, text = make(ends_at=datetime.now(UTC) - timedelta(seconds=1))

    assert find_account(text) is None
    assert find_key(OWNER_ID, key.key_id) is None
    assert list_keys(OWNER_ID) == [key]


def test_the_last_use_is_listed() -> None:
    key, _ = make()

    note_use(OWNER_ID, key.key_id)

    [listed] = list_keys(OWNER_ID)
    assert listed.last_used_at is not None
    assert datetime.now(UTC) - listed.last_used_at < timedelta(minutes=1)


def test_the_use_of_a_revoked_key_does_not_bring_it_back() -> None:
    key, _ = make()
    revoke_key(OWNER_ID, key.key_id)

    note_use(OWNER_ID, key.key_id)

    assert list_keys(OWNER_ID) == []
    assert "used:" not in str(boto3.client("dynamodb").scan(TableName="tasks")["Items"])


def test_a_token_leads_to_its_key_until_the_key_is_revoked() -> None:
    key, _ = make()
    note_token("token-1", key.key_id)

    found = find_key_of_token(OWNER_ID, "token-1")
    revoke_key(OWNER_ID, key.key_id)

    assert found == key
    assert find_key_of_token(OWNER_ID, "token-1") is None
    assert find_key_of_token(OWNER_ID, "token-2") is None


def test_a_token_of_another_user_leads_to_no_key() -> None:
    key, _ = make()
    note_token("token-1", key.key_id)

    assert find_key_of_token(OTHER_OWNER_ID, "token-1") is None


def test_all_keys_can_be_forgotten() -> None:
    _, text = make()
    make()

    forget_keys(OWNER_ID)

    assert list_keys(OWNER_ID) == []
    assert find_account(text) is None
