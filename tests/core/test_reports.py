"""Outcomes of workers are added up by version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.core.reports import (
    SLOT,
    Outcomes,
    WorkerReport,
    begin_slot,
    find_reports,
    save_report,
    sum_versions,
)
from tests.environment import settings

NOW = datetime(2026, 11, 30, 4, 12, 34, tzinfo=UTC)


def build_slot(version: str, minutes_ago: float, recognised: int, failed: int) -> Outcomes:
    at = NOW - timedelta(minutes=minutes_ago)
    return Outcomes(at=at, version=version, recognised=recognised, failed=failed, tried_again=1)


def build_report(name: str, *slots: Outcomes) -> WorkerReport:
    return WorkerReport(f"worker:{name}", outcomes=list(slots))


def test_versions_are_added_up_over_workers_the_newest_first() -> None:
    reports = [
        build_report("i-1", build_slot("old", 50, 300, 0), build_slot("new", 10, 20, 2)),
        build_report("i-2", build_slot("old", 30, 10, 0), build_slot("new", 5, 18, 0)),
    ]

    found = [(one.version, one.failed, one.count) for one in sum_versions(reports, NOW)]

    assert found == [("new", 2, 40), ("old", 0, 310)]


def test_what_is_older_than_an_hour_does_not_count() -> None:
    reports = [build_report("i-1", build_slot("old", 61, 5, 5), build_slot("old", 59, 1, 0))]

    [only] = sum_versions(reports, NOW)

    assert (only.failed, only.count, only.tried_again) == (0, 1, 1)


def test_a_slot_begins_at_a_round_time() -> None:
    assert begin_slot(NOW) == datetime(2026, 11, 30, 4, 10, tzinfo=UTC)
    assert begin_slot(begin_slot(NOW)) == begin_slot(NOW)
    assert begin_slot(NOW + SLOT) - begin_slot(NOW) == SLOT


def test_a_report_is_stored_and_found_by_name(aws: None) -> None:
    assert settings.tasks_table
    save_report("i-1", "abc", {"classifier": "lite3"}, [build_slot("abc", 1, 4, 1)])
    save_report("i-1", "def", {"classifier": "lite3"}, [build_slot("def", 1, 5, 1)])

    found = find_reports(["i-1", "i-2", "i-1"])

    assert list(found) == ["i-1"]
    assert (found["i-1"].version, found["i-1"].models) == ("def", {"classifier": "lite3"})
    assert [int(slot.recognised) for slot in found["i-1"].outcomes] == [5]
