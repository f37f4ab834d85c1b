"""Answers "is it the new version?": how pictures ended lately in each version of the workers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.core.reports import VersionOutcomes, find_reports, sum_versions
from portal.workers.group import Group, Pulse, list_names


def read_versions(group: Group | None, pulses: Mapping[str, Pulse]) -> list[VersionOutcomes]:
    """The last hour by version, the newest version first. Each worker is one read."""
    reports = find_reports(list_names(group, pulses))
    return sum_versions(reports.values(), datetime.now(UTC))
