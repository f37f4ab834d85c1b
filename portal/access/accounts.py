"""The accounts of the user pool: of the people who use the service, and of operators."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from portal.aws import cognito
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp.type_defs import AttributeTypeTypeDef

PAGE_LIMIT = 60
"""The most that ListUsers gives at once."""


@dataclass(frozen=True)
class Account:
    """One account of Cognito."""

    username: str
    email: str
    owner_id: str
    """Cognito's `sub`, by which tasks name their owner."""
    status: str
    is_enabled: bool
    created_at: datetime
    attributes: Mapping[str, str]


def find_account(username: str) -> Account | None:
    """The account of this name, or None."""
    client = cognito()
    try:
        found = client.admin_get_user(UserPoolId=env.user_pool_id, Username=username)
    except (
        client.exceptions.UserNotFoundException,
        client.exceptions.InvalidParameterException,  # What was typed cannot be a name
    ):
        return None
    return _build(
        found["Username"],
        found.get("UserAttributes", []),
        found["UserStatus"],
        found["Enabled"],
        found["UserCreateDate"],
    )


def list_accounts(
    limit: int = PAGE_LIMIT, token: str | None = None, condition: str = ""
) -> tuple[list[Account], str | None]:
    """One page of accounts and the token of the next one.

    Args:
        condition: In Cognito's own language, as `build_condition` writes it.
    """
    more = {"PaginationToken": token} if token else {}
    only = {"Filter": condition} if condition else {}
    answer = cognito().list_users(
        UserPoolId=env.user_pool_id, Limit=min(limit, PAGE_LIMIT), **more, **only
    )
    accounts = [
        _build(
            user["Username"],
            user.get("Attributes", []),
            user["UserStatus"],
            user["Enabled"],
            user["UserCreateDate"],
        )
        for user in answer["Users"]
    ]
    return accounts, answer.get("PaginationToken")


def build_condition(name: str, sign: str, value: str) -> str:
    """One condition for ListUsers: `name` by Cognito's spelling, `sign` is = or ^=."""
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{name} {sign} "{quoted}"'


def find_owner(owner_id: str) -> Account | None:
    """The account that owns the tasks of this owner, or None."""
    found, _ = list_accounts(1, condition=build_condition("sub", "=", owner_id))
    return found[0] if found else None


def find_owner_ids(email: str) -> list[str]:
    """The owner ids of the accounts with this address, in the case given or in lower case."""
    found: list[Account] = []
    for spelling in dict.fromkeys((email, email.lower())):
        found += list_accounts(5, condition=build_condition("email", "=", spelling))[0]
    return sorted({account.owner_id for account in found})


def read_groups(username: str) -> list[str]:
    """All groups of an account, also those of other applications."""
    answer = cognito().admin_list_groups_for_user(UserPoolId=env.user_pool_id, Username=username)
    return [group["GroupName"] for group in answer["Groups"]]


def _build(
    username: str,
    listed: Iterable[AttributeTypeTypeDef],
    status: str,
    is_enabled: bool,
    created_at: datetime,
) -> Account:
    attributes = {entry["Name"]: entry.get("Value", "") for entry in listed}
    return Account(
        username=username,
        email=attributes.get("email", ""),
        owner_id=attributes.get("sub", ""),
        status=status,
        is_enabled=is_enabled,
        created_at=created_at,
        attributes=attributes,
    )
