"""The users of the service, who live in Cognito."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db.models import BooleanField, CharField, DateTimeField, EmailField, Model

from portal.access.accounts import (
    PAGE_LIMIT,
    Account,
    build_condition,
    find_account,
    list_accounts,
)
from portal.remote.queryset import Page, RemoteQuerySet

STATUSES = [
    (status, status.replace("_", " ").capitalize())
    for status in (
        "CONFIRMED",
        "UNCONFIRMED",
        "FORCE_CHANGE_PASSWORD",
        "RESET_REQUIRED",
        "EXTERNAL_PROVIDER",
    )
]

COGNITO_NAMES = {
    "email": "email",
    "sub": "sub",
    "username": "username",
    "status": "cognito:user_status",
    "is_enabled": "status",
}
"""What ListUsers can filter, one of them at a time; it cannot sort, and only goes forward."""

SIGNS = {"exact": "=", "startswith": "^=", "istartswith": "^="}
"""Django's lookup to Cognito's."""


class UserQuerySet(RemoteQuerySet["User"]):
    def rows(self) -> Iterator[User]:
        names = self.equal_to("username")
        if names is not None:
            found = (find_account(name) for name in names)
            yield from self._to_rows(account for account in found if account)
            return
        token = None
        while True:
            users, token = self._list(PAGE_LIMIT, token)
            yield from users
            if not token:
                return

    def read_page(self, size: int, after: str | None, before: str | None) -> Page[User]:
        if self.equal_to("username") is not None:
            return Page(list(self))
        users, token = self._list(size, after)
        note = ""
        if len(self.conditions) > 1:
            note = "Cognito filters by one property; the others were applied to this page only."
        return Page(users, next_cursor=token, note=note)

    def _list(self, size: int, token: str | None) -> tuple[list[User], str | None]:
        accounts, next_token = list_accounts(size, token, self._build_filter())
        return list(self._to_rows(accounts)), next_token

    def _build_filter(self) -> str:
        for condition in self.conditions:
            if condition.name not in COGNITO_NAMES or condition.lookup not in SIGNS:
                continue
            value = condition.value
            if condition.name == "is_enabled":
                value = "Enabled" if value else "Disabled"
            return build_condition(
                COGNITO_NAMES[condition.name], SIGNS[condition.lookup], str(value)
            )
        return ""

    def _to_rows(self, accounts: Iterable[Account]) -> Iterator[User]:
        for account in accounts:
            user = self.build(
                source=account,
                username=account.username,
                email=account.email,
                status=account.status,
                is_enabled=account.is_enabled,
                created_at=account.created_at,
                sub=account.owner_id,
            )
            if self.matches(user):
                yield user


class User(Model):
    """Somebody who uses the service. It has no SQL table."""

    username = CharField(primary_key=True, max_length=128)
    email = EmailField("e-mail")
    status = CharField(max_length=32, choices=STATUSES)
    is_enabled = BooleanField("enabled")
    created_at = DateTimeField("signed up")
    sub = CharField("owner id", max_length=64)

    objects = UserQuerySet.as_manager()
    source: Account

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (
            ("disable_user", "Can disable and enable users"),
            ("sign_out_user", "Can sign users out everywhere"),
            ("invite_user", "Can send an invitation again"),
            ("reset_user", "Can make a user choose a new password"),
            ("group_user", "Can change the groups of a user"),
            ("hold_user", "Can hold the queue of a user and change their quota"),
            ("erase_user", "Can erase a user and all their data"),
        )

    def __str__(self) -> str:
        return self.email or self.username
