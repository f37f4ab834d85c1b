"""Workers, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from django.db.models import BooleanField, CharField, DateTimeField, FloatField, Model

from pipeline.core.reports import WorkerReport, find_reports, keep_recent
from portal.remote.attempts import attempt
from portal.remote.queryset import RemoteQuerySet
from portal.workers.group import (
    GONE,
    Instance,
    Pulse,
    find_silent,
    list_names,
    read_group,
    read_pulses,
)


class WorkerQuerySet(RemoteQuerySet["Worker"]):
    def read_rows(self) -> Iterator[Worker]:
        """Instances of the group first, then other processes that report."""
        heard = attempt(read_pulses)
        pulses = heard.value or {}
        group = read_group()
        reports = attempt(lambda: find_reports(list_names(group, pulses))).value or {}
        silent = set() if heard.error else set(find_silent(group, pulses))
        instances = {instance.name: instance for instance in group.instances}
        others = {name for name in pulses.keys() - instances.keys() if pulses[name].age < GONE}
        for name in [*instances, *sorted(others)]:
            worker = self._to_row(
                name, instances.get(name), pulses.get(name), is_silent=name in silent
            )
            if name in reports:
                _add_report(worker, reports[name])
            yield worker

    def _to_row(
        self, name: str, instance: Instance | None, pulse: Pulse | None, *, is_silent: bool
    ) -> Worker:
        return self.build(
            source=instance,
            name=name,
            state=instance.state if instance else "not in the group",
            is_healthy=(instance is None or instance.is_healthy)
            and (pulse is None or pulse.is_fresh)
            and not is_silent,
            version=pulse.version if pulse else "",
            seen_at=pulse.at if pulse else None,
            images_per_minute=pulse.images_per_minute if pulse else None,
        )


def _add_report(worker: Worker, report: WorkerReport) -> None:
    worker.version = worker.version or report.version
    worker.models = dict(report.models or {})
    lately = keep_recent(report.outcomes, datetime.now(UTC))
    worker.recognised = sum(int(slot.recognised) for slot in lately)
    worker.failed = sum(int(slot.failed) for slot in lately)
    worker.tried_again = sum(int(slot.tried_again) for slot in lately)


class Worker(Model):
    """One instance or process that recognises images. It has no SQL table."""

    name = CharField(primary_key=True, max_length=80)
    state = CharField(max_length=40)
    is_healthy = BooleanField("healthy")
    version = CharField(max_length=40)
    seen_at = DateTimeField("last heartbeat", null=True)
    images_per_minute = FloatField("images a minute", null=True)

    objects = WorkerQuerySet.as_manager()
    source: Instance | None
    models: Mapping[str, str] = MappingProxyType({})
    """Role of each network to its name and version, as the worker reported."""
    recognised: int | None = None
    """In the last hour, as the next two; None without a report."""
    failed: int | None = None
    tried_again: int | None = None

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (
            ("scale_worker", "Can change the number of workers"),
            ("drain_worker", "Can drain a worker"),
        )

    def __str__(self) -> str:
        return self.name
