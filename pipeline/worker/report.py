"""Tells operators once a minute what this worker runs and how its pictures ended."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime

from pynamodb.exceptions import PynamoDBException

from pipeline.core.reports import Outcomes, begin_slot, find_report, keep_recent, save_report
from pipeline.worker.metrics import Metrics

logger = logging.getLogger(__name__)


class Reporter:
    """Keeps the outcomes of the last hour. Not thread-safe."""

    def __init__(
        self, name: str, version: str, models: Mapping[str, str], metrics: Metrics
    ) -> None:
        self._name = name
        self._version = version
        self._models = models
        self._metrics = metrics
        self._slots: list[Outcomes] | None = None
        """None until the report of an earlier process of this name was read."""

    def publish(self) -> None:
        """Write the report with what happened since the last one."""
        if self._slots is None:
            self._slots = _read_slots(self._name)
        now = datetime.now(UTC)
        self._slots = keep_recent(self._slots, now)
        recognised, failed, tried_again = self._metrics.take_outcomes()
        slot = self._find_slot(begin_slot(now))
        slot.recognised += recognised
        slot.failed += failed
        slot.tried_again += tried_again
        save_report(self._name, self._version, self._models, self._slots)

    def _find_slot(self, at: datetime) -> Outcomes:
        assert self._slots is not None
        for slot in self._slots:
            if (slot.at, slot.version) == (at, self._version):
                return slot
        slot = Outcomes(at=at, version=self._version, recognised=0, failed=0, tried_again=0)
        self._slots.append(slot)
        return slot


def _read_slots(name: str) -> list[Outcomes]:
    """The outcomes of an earlier process of this worker, perhaps of another version."""
    try:
        report = find_report(name)
    except PynamoDBException:
        logger.warning("The earlier report could not be read", exc_info=True)
        return []
    return list(report.outcomes) if report else []
