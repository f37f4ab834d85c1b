"""What each worker runs and how its pictures ended in the last hour: one item for each worker.

Workers write theirs once a minute, and the portal reads them. The items are in the table of tasks
and lack the keys of its indexes, so no list shows them. They cost no CloudWatch metric.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import (
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

WINDOW = timedelta(hours=1)
SLOT = timedelta(minutes=5)
"""Outcomes of so long a time are added up."""

KEPT = timedelta(days=7)


class Outcomes(MapAttribute[str, object]):
    """How the pictures of one slot of time ended in one version."""

    at = UTCDateTimeAttribute()
    """When the slot began."""
    version = UnicodeAttribute()
    recognised = NumberAttribute(default=0)
    failed = NumberAttribute(default=0)
    """Tasks that failed, by whatever code."""
    tried_again = NumberAttribute(default=0)
    """Deliveries that failed and are repeated."""


class WorkerReport(Model):
    """The newest report of one worker."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    version = UnicodeAttribute()
    """The release of the worker."""
    models = JSONAttribute(null=True)
    """Role (classifier, detector) to name and version."""
    at = UTCDateTimeAttribute()
    outcomes: ListAttribute[Outcomes] = ListAttribute(of=Outcomes, default=list)
    expires_at = TTLAttribute()

    @property
    def name(self) -> str:
        return str(self.key).partition(":")[2]


@dataclass(frozen=True)
class VersionOutcomes:
    """How the pictures of the last hour ended in one version of the workers."""

    version: str
    first_at: datetime
    recognised: int
    failed: int
    tried_again: int

    @property
    def count(self) -> int:
        return self.recognised + self.failed


def build_key(name: str) -> str:
    """Where the report of this worker is."""
    return f"worker:{name}"


def find_report(name: str) -> WorkerReport | None:
    """The newest report of this worker."""
    try:
        return WorkerReport.get(build_key(name))
    except WorkerReport.DoesNotExist:
        return None


def find_reports(names: Iterable[str]) -> dict[str, WorkerReport]:
    """The newest reports of these workers, by name."""
    keys = [build_key(name) for name in sorted(set(names))]
    return {report.name: report for report in WorkerReport.batch_get(keys)} if keys else {}


def save_report(
    name: str, version: str, models: Mapping[str, str], outcomes: Sequence[Outcomes]
) -> None:
    """Replace the report of this worker."""
    now = datetime.now(UTC)
    WorkerReport(build_key(name)).update(
        actions=[
            WorkerReport.version.set(version),
            WorkerReport.models.set(dict(models)),
            WorkerReport.at.set(now),
            WorkerReport.outcomes.set(list(outcomes)),
            WorkerReport.expires_at.set(now + KEPT),
        ]
    )


def begin_slot(moment: datetime) -> datetime:
    """The beginning of the slot that a moment is in."""
    return moment - (moment - datetime.min.replace(tzinfo=UTC)) % SLOT


def keep_recent(outcomes: Iterable[Outcomes], now: datetime) -> list[Outcomes]:
    """Those that began within the last hour."""
    return [slot for slot in outcomes if slot.at > now - WINDOW]


def sum_versions(reports: Iterable[WorkerReport], now: datetime) -> list[VersionOutcomes]:
    """Add up the last hour of all workers by version, the version that began last first."""
    by_version: dict[str, list[Outcomes]] = {}
    for report in reports:
        for slot in keep_recent(report.outcomes, now):
            by_version.setdefault(str(slot.version), []).append(slot)
    found = [
        VersionOutcomes(
            version,
            min(slot.at for slot in slots),
            sum(int(slot.recognised) for slot in slots),
            sum(int(slot.failed) for slot in slots),
            sum(int(slot.tried_again) for slot in slots),
        )
        for version, slots in by_version.items()
    ]
    return sorted(found, key=lambda one: (one.first_at, one.version), reverse=True)
