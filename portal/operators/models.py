"""Operators, the audit log and background runs, as Django sees them. None has an SQL table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

from portal.operators import roles
from portal.operators.items import (
    AUDIT_RETENTION,
    NO_PASSWORD,
    AuditItem,
    OperatorItem,
    RunItem,
)
from portal.remote.dynamo import DynamoQuerySet, Source
from portal.remote.queryset import RemoteQuerySet

LIMIT = 500


class OperatorQuerySet(RemoteQuerySet):
    def rows(self) -> Iterator[Any]:
        keys = self.equal_to("username")
        items = OperatorItem.scan(limit=LIMIT) if keys is None else OperatorItem.batch_get(keys)
        for item in items:
            operator = self.build(
                source=item,
                username=item.username,
                email=item.email,
                password=item.password,
                last_login=item.last_login,
            )
            if self.matches(operator):
                yield operator

    def get_by_natural_key(self, username: str) -> Operator:
        return self.get(username=username)


class Operator(AbstractBaseUser):
    """Who may use the portal. Rights come from Cognito groups, not from SQL rows."""

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
        """What people call them; `pk` is Cognito's id."""
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

    def has_perm(self, permission: str, obj: Any = None) -> bool:
        return permission in self.permissions

    def has_perms(self, permissions: Sequence[str], obj: Any = None) -> bool:
        return all(map(self.has_perm, permissions))

    def has_module_perms(self, app_label: str) -> bool:
        return any(permission.startswith(f"{app_label}.") for permission in self.permissions)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Django saves the moment of the login and stronger hashes of the same password."""
        OperatorItem(self.username).update(
            actions=[
                OperatorItem.last_login.set(self.last_login or datetime.now(UTC)),
                OperatorItem.password.set(self.password),
            ]
        )


def get_operator(request: HttpRequest) -> Operator:
    """Who asks; pages of the admin site let nobody else in."""
    assert isinstance(request.user, Operator)
    return request.user


class AuditSource(Source):
    def get_partitions(self, queryset: DynamoQuerySet) -> Sequence[str]:
        now = datetime.now(UTC)
        count = AUDIT_RETENTION.days // 30 + 1
        months = [now.year * 12 + now.month - 1 - back for back in range(count)]
        return [f"{month // 12}-{month % 12 + 1:02d}" for month in months]


class AuditEntry(models.Model):
    """Who did what to what, when and why."""

    audit_id = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField("when")
    operator = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=300)
    detail = models.TextField("outcome")
    reason = models.TextField()

    objects = DynamoQuerySet.as_manager()
    source_of_rows = AuditSource(
        AuditItem,
        "at",
        {"target": "by_target", "operator": "by_operator", "month": "by_month"},
        "month",
    )

    # The names by which Django's "Recent actions" and History read an entry.
    is_addition = is_deletion = False
    content_type = None

    class Meta:
        managed = False
        ordering = ("-at",)
        default_permissions = ("view",)
        permissions = (("export_auditentry", "Can export the audit log"),)
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.action} {self.target_name}"

    @property
    def target_model(self) -> str:
        return self.target.partition("/")[0]

    @property
    def target_name(self) -> str:
        return self.target.partition("/")[2]


class RunState(models.TextChoices):
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


class Run(models.Model):
    """An operation on everything that matches a filter."""

    run_id = models.CharField(primary_key=True, max_length=40)
    created_at = models.DateTimeField("started")
    state = models.CharField(max_length=12, choices=RunState.choices)
    operator = models.CharField(max_length=254)
    model = models.CharField(max_length=60)
    operation = models.CharField(max_length=40)
    done_count = models.IntegerField("done")
    skipped_count = models.IntegerField("skipped")
    failed_count = models.IntegerField("failed")

    objects = DynamoQuerySet.as_manager()
    source_of_rows = Source(RunItem, "created_at", {"state": "by_state"}, "state")
    source: RunItem

    class Meta:
        managed = False
        ordering = ("-created_at",)
        default_permissions = ("view",)
        permissions = (("cancel_run", "Can cancel a background run"),)
        verbose_name = "background run"

    def __str__(self) -> str:
        return self.run_id
