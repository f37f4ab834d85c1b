"""Operators and sessions as DynamoDB keeps them."""

from __future__ import annotations

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

NO_PASSWORD = "!"


class OperatorItem(Model):
    """Somebody who signed in with an operator group, or has a local password."""

    class Meta(BaseMeta): ...

    username = UnicodeAttribute(hash_key=True)
    """Cognito's `sub`, or the name of a local account."""
    email = UnicodeAttribute(default="")
    password = UnicodeAttribute(default=NO_PASSWORD)
    groups = ListAttribute(of=UnicodeAttribute, default=list)
    last_login = UTCDateTimeAttribute(null=True)
    checked_at = UTCDateTimeAttribute(null=True)
    """When the groups were last read from Cognito."""
    failed_count = NumberAttribute(default=0)
    """Passwords that were tried since `failed_at`."""
    failed_at = UTCDateTimeAttribute(null=True)
    factor_key = UnicodeAttribute(null=True)
    """The key of the authenticator app, encrypted. None until the operator has set it up."""
    factor_step = NumberAttribute(null=True)
    """The 30 seconds of the last code that was used. No code works twice."""
    code_failed_count = NumberAttribute(default=0)
    """Codes that were tried since `code_failed_at`."""
    code_failed_at = UTCDateTimeAttribute(null=True)
    filters = JSONAttribute(null=True)
    """Name to query of the lists of tasks that the operator saved."""
    signed_out_at = UTCDateTimeAttribute(null=True)
    """Sessions that began before are void."""


class SessionItem(Model):
    class Meta(BaseMeta): ...

    session_key = UnicodeAttribute(hash_key=True)
    data = UnicodeAttribute()
    expires_at = TTLAttribute()
