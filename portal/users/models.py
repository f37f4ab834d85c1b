"""The users of the service, who live in Cognito."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import BooleanField, CharField, DateTimeField, EmailField, Model
from django.db.models.lookups import Exact, StartsWith

from portal.aws import cognito
from portal.environment import env
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

PAGE_LIMIT = 60


class UserQuerySet(RemoteQuerySet):
    def rows(self) -> Iterator[Any]:
        names = self.equal_to("username")
        if names is not None:
            for name in names:
                yield from self._get(name)
            return
        token = None
        while True:
            users, token = self._list(PAGE_LIMIT, token)
            yield from users
            if not token:
                return

    def page(self, size: int, after: str | None = None, before: str | None = None) -> Page:
        if self.equal_to("username") is not None:
            return Page(list(self))
        users, token = self._list(min(size, PAGE_LIMIT), after)
        note = ""
        if len(self.conditions) > 1:
            note = "Cognito filters by one property; the others were applied to this page only."
        return Page(users, next_cursor=token, note=note)

    def _get(self, name: str) -> Iterator[Any]:
        client = cognito()
        # The second: what was typed cannot be a name.
        unknown = (
            client.exceptions.UserNotFoundException,
            client.exceptions.InvalidParameterException,
        )
        try:
            found: Any = client.admin_get_user(UserPoolId=env.user_pool_id, Username=name)
        except unknown:
            return
        user = self._to_row(found)
        if self.matches(user):
            yield user

    def _list(self, size: int, token: str | None) -> tuple[list[Any], str | None]:
        request: dict[str, Any] = {"UserPoolId": env.user_pool_id, "Limit": size}
        if token:
            request["PaginationToken"] = token
        answer: Any = cognito().list_users(**request, **self._build_filter())
        users = [self._to_row(user) for user in answer["Users"]]
        return [user for user in users if self.matches(user)], answer.get("PaginationToken")

    def _build_filter(self) -> dict[str, Any]:
        for condition in self.conditions:
            if condition.name not in COGNITO_NAMES or condition.lookup not in (Exact, StartsWith):
                continue
            value = condition.value
            if condition.name == "is_enabled":
                value = "Enabled" if value else "Disabled"
            quoted = str(value).replace("\\", "\\\\").replace('"', '\\"')
            sign = "^=" if issubclass(condition.lookup, StartsWith) else "="
            return {"Filter": f'{COGNITO_NAMES[condition.name]} {sign} "{quoted}"'}
        return {}

    def _to_row(self, user: dict[str, Any]) -> Any:
        # The two calls name the same list differently.
        listed = user.get("Attributes", user.get("UserAttributes", []))
        attributes = {entry["Name"]: entry["Value"] for entry in listed}
        return self.build(
            source=attributes,
            username=user["Username"],
            email=attributes.get("email", ""),
            status=user["UserStatus"],
            is_enabled=user["Enabled"],
            created_at=user["UserCreateDate"],
            sub=attributes.get("sub", ""),
        )


class User(Model):
    """Somebody who uses the service. It has no SQL table."""

    username = CharField(primary_key=True, max_length=128)
    email = EmailField("e-mail")
    status = CharField(max_length=32, choices=STATUSES)
    is_enabled = BooleanField("enabled")
    created_at = DateTimeField("signed up")
    sub = CharField("owner id", max_length=64)

    objects = UserQuerySet.as_manager()

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (
            ("disable_user", "Can disable and enable users"),
            ("sign_out_user", "Can sign users out everywhere"),
            ("invite_user", "Can send an invitation again"),
            ("reset_user", "Can make a user choose a new password"),
            ("group_user", "Can change the groups of a user"),
            ("erase_user", "Can erase a user and all their data"),
        )

    def __str__(self) -> str:
        return self.email or self.username
