"""The audit log and the background runs as DynamoDB keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

AUDIT_RETENTION = timedelta(days=400)
RUN_RETENTION = timedelta(days=30)


class TargetIndex(GlobalSecondaryIndex["AuditItem"]):
    """What was done to one thing: its History."""

    class Meta:
        projection = AllProjection()

    target = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class OperatorIndex(GlobalSecondaryIndex["AuditItem"]):
    """What one operator did."""

    class Meta:
        projection = AllProjection()

    operator = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


def build_run_place(run_id: str) -> str:
    """Where the entries of a run are listed: they stand in no month."""
    return f"run#{run_id}"


class MonthIndex(GlobalSecondaryIndex["AuditItem"]):
    """The list of all, in partitions that stay small, and for each run what it did."""

    class Meta:
        projection = AllProjection()

    month = UnicodeAttribute(hash_key=True)
    at = UTCDateTimeAttribute(range_key=True)


class AuditItem(Model):
    """One thing that one operator did. Never changed, never deleted by the portal."""

    class Meta(BaseMeta): ...

    audit_id = UnicodeAttribute(hash_key=True, default_for_new=lambda: str(uuid4()))
    at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    month = UnicodeAttribute(default_for_new=lambda: f"{datetime.now(UTC):%Y-%m}")
    """The list that the entry stands in: of a month, or of a run."""
    run_id = UnicodeAttribute(null=True)
    """The run that the entry tells of as a whole."""
    operator = UnicodeAttribute()
    """E-mail or name, as it was at that time."""
    action = UnicodeAttribute()
    target = UnicodeAttribute()
    """Model and key: `tasks.task/<id>`."""
    things = ListAttribute(of=UnicodeAttribute, null=True)
    """Keys of the things, if one entry tells of several."""
    detail = UnicodeAttribute(default="")
    reason = UnicodeAttribute(default="")
    receipt = JSONAttribute(null=True)
    """What an erasure deleted. It stays when the record of the run is gone."""
    expires_at = TTLAttribute(default_for_new=AUDIT_RETENTION)

    by_target = TargetIndex()
    by_operator = OperatorIndex()
    by_month = MonthIndex()


class StateIndex(GlobalSecondaryIndex["RunItem"]):
    class Meta:
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class RunItem(Model):
    """An operation on everything that matches a filter, done in bounded steps."""

    class Meta(BaseMeta): ...

    run_id = UnicodeAttribute(hash_key=True, default_for_new=lambda: str(uuid4()))
    state = UnicodeAttribute()
    created_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    updated_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    operator = UnicodeAttribute()
    operator_id = UnicodeAttribute()
    model = UnicodeAttribute()
    operation = UnicodeAttribute()
    reason = UnicodeAttribute(default="")
    conditions = JSONAttribute(null=True)
    """What a thing must fulfil, as `portal.remote.frozen` writes it; an empty list: anything."""
    keys = ListAttribute(of=UnicodeAttribute, default=list)
    """The things themselves, for an operation that always runs."""
    cursor = UnicodeAttribute(null=True)
    done_count = NumberAttribute(default=0)
    skipped_count = NumberAttribute(default=0)
    failed_count = NumberAttribute(default=0)
    last_problem = UnicodeAttribute(default="")
    failing_since = UTCDateTimeAttribute(null=True)
    """Since when its steps fail because AWS does not answer."""
    leased_until = UTCDateTimeAttribute(null=True)
    """Until then one process works on it; afterwards another may go on."""
    resumes_at = UTCDateTimeAttribute(null=True)
    """When a waiting run goes on."""
    result = JSONAttribute(null=True)
    expires_at = TTLAttribute(default_for_new=RUN_RETENTION)

    audit_id = UnicodeAttribute(null=True)
    """The entry of the audit log that tells of the whole run."""

    by_state = StateIndex()
