"""Operators, as Django sees them. They have no SQL table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

from portal.access import roles
from portal.access.items import NO_PASSWORD, OperatorItem
from portal.remote.queryset import RemoteQuerySet

LIMIT = 500


class OperatorQuerySet(RemoteQuerySet["Operator"]):
    def read_rows(self) -> Iterator[Operator]:
        keys = self.equal_to("username")
        items = OperatorItem.scan(limit=LIMIT) if keys is None else OperatorItem.batch_get(keys)
        for item in items:
            yield self.build(
                source=item,
                username=item.username,
                email=item.email,
                password=item.password,
                last_login=item.last_login,
            )

    def get_by_natural_key(self, username: str) -> Operator:
        return self.get(username=username)


class Operator(AbstractBaseUser):
    """A person who may use the portal. Rights come from Cognito groups, not from SQL rows."""

    username = models.CharField(primary_key=True, max_length=128)
    email = models.EmailField(blank=True)

    objects = OperatorQuerySet.as_manager()
    source: OperatorItem

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    is_active = True

    class Meta:
        managed = False
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.get_username()

    def get_username(self) -> str:
        """The name that people know, usually the e-mail address. `pk` is Cognito's id."""
        return self.email or self.username

    def get_full_name(self) -> str:
        return self.get_username()

    @cached_property
    def permissions(self) -> frozenset[str]:
        return roles.get_permissions(self.groups)

    @property
    def groups(self) -> Sequence[str]:
        return [str(group) for group in self.source.groups]

    @property
    def role(self) -> str:
        """The highest one."""
        order = (roles.ADMIN, roles.OPERATOR, roles.VIEWER)
        return next((role for role in order if role in self.groups), "none")

    @property
    def is_local(self) -> bool:
        """Has a password here, and no account in Cognito."""
        return self.password != NO_PASSWORD

    @property
    def is_staff(self) -> bool:
        return bool(self.permissions)

    @property
    def is_superuser(self) -> bool:
        # Never: it would let everything through that has no permission of its own.
        return False

    def has_perm(self, permission: str, obj: object = None) -> bool:
        return permission in self.permissions

    def has_perms(self, permissions: Sequence[str], obj: object = None) -> bool:
        return all(map(self.has_perm, permissions))

    def has_module_perms(self, app_label: str) -> bool:
        return any(permission.startswith(f"{app_label}.") for permission in self.permissions)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store what Django changes at a sign-in: its time, or a stronger hash of the password."""
        OperatorItem(self.username).update(
            actions=[
                OperatorItem.last_login.set(self.last_login or datetime.now(UTC)),
                OperatorItem.password.set(self.password),
            ]
        )


def get_operator(request: HttpRequest) -> Operator:
    """The operator who sent the request. The admin site lets only operators in."""
    assert isinstance(request.user, Operator)
    return request.user
