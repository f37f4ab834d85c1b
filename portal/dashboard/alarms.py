"""The alarms of CloudWatch: what they mean, since when they are so, and who looks after one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from portal import aws
from portal.actions.items import AuditItem
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.literals import AlarmTypeType
    from mypy_boto3_cloudwatch.type_defs import (
        CompositeAlarmTypeDef,
        DescribeAlarmsOutputTypeDef,
        MetricAlarmTypeDef,
    )

KINDS: Sequence[AlarmTypeType] = ("CompositeAlarm", "MetricAlarm")
"""CloudWatch leaves out composite alarms, which the SLO alarms are, unless asked."""

RUNBOOK = " Runbook: "
ACKNOWLEDGE = "Acknowledge"
TARGET = "dashboard.alarm"
HISTORY_LENGTH = 30
ACKNOWLEDGED_READ = 20
"""Newest actions on an alarm that are looked through for an acknowledgement."""


@dataclass(frozen=True)
class Acknowledgement:
    """Somebody looks after an alarm, and says how."""

    operator: str
    note: str
    at: datetime


@dataclass(frozen=True)
class Alarm:
    """One CloudWatch alarm."""

    name: str
    state: str
    description: str
    reason: str
    since: datetime | None = None
    """When it changed to its state."""
    runbook: str = ""
    """Path of the file in the repository."""
    acknowledgement: Acknowledgement | None = None
    is_silent: bool = False
    """It notifies nobody, whatever its state."""

    @property
    def is_on(self) -> bool:
        return self.state == "ALARM"

    @property
    def runbook_url(self) -> str:
        """Where the runbook is read; empty if the environment names no repository."""
        is_known = env.repository_url and self.runbook
        return f"{env.repository_url}/{self.runbook}" if is_known else ""


@dataclass(frozen=True)
class Change:
    """One change of an alarm's state."""

    at: datetime
    before: str
    after: str
    reason: str


def read_alarms() -> list[Alarm]:
    """All alarms of this environment, those that are on first."""
    paginator = aws.cloudwatch().get_paginator("describe_alarms")
    pages = paginator.paginate(AlarmNamePrefix=env.alarm_prefix, AlarmTypes=KINDS)
    found = [alarm for page in pages for alarm in _build_all(page)]
    # Only an alarm that is on can be acknowledged, so only for these the audit log is read.
    found = [_acknowledged(alarm) if alarm.is_on else alarm for alarm in found]
    return sorted(found, key=lambda alarm: (not alarm.is_on, alarm.name))


def find_alarm(name: str) -> Alarm | None:
    """One alarm by its name without the environment's prefix."""
    answer = aws.cloudwatch().describe_alarms(
        AlarmNames=[env.alarm_prefix + name], AlarmTypes=KINDS
    )
    found = _build_all(answer)
    return _acknowledged(found[0]) if found else None


def read_history(name: str) -> list[Change]:
    """The newest changes of an alarm's state, newest first."""
    answer = aws.cloudwatch().describe_alarm_history(
        AlarmName=env.alarm_prefix + name,
        AlarmTypes=KINDS,
        HistoryItemType="StateUpdate",
        MaxRecords=HISTORY_LENGTH,
        ScanBy="TimestampDescending",
    )
    changes = []
    for item in answer["AlarmHistoryItems"]:
        data = json.loads(item.get("HistoryData", "{}"))
        before, after = data.get("oldState", {}), data.get("newState", {})
        changes.append(
            Change(
                item["Timestamp"],
                before.get("stateValue", ""),
                after.get("stateValue", ""),
                after.get("stateReason", ""),
            )
        )
    return changes


def get_target(name: str) -> str:
    """How the audit log names an alarm."""
    return f"{TARGET}/{name}"


def _build_all(answer: DescribeAlarmsOutputTypeDef) -> list[Alarm]:
    metric_alarms = [_build(alarm) for alarm in answer.get("MetricAlarms", [])]
    return metric_alarms + [_build(alarm) for alarm in answer.get("CompositeAlarms", [])]


def _build(alarm: MetricAlarmTypeDef | CompositeAlarmTypeDef) -> Alarm:
    description, _, runbook = alarm.get("AlarmDescription", "").partition(RUNBOOK)
    return Alarm(
        name=alarm["AlarmName"].removeprefix(env.alarm_prefix),
        state=str(alarm["StateValue"]),
        description=description.rstrip("."),
        reason=alarm.get("StateReason", ""),
        since=alarm.get("StateTransitionedTimestamp") or alarm.get("StateUpdatedTimestamp"),
        runbook=runbook.strip(),
        is_silent=not alarm.get("ActionsEnabled", True),
    )


def _acknowledged(alarm: Alarm) -> Alarm:
    """The alarm with its acknowledgement, unless that was for an earlier time that it was on."""
    since = alarm.since or datetime.min.replace(tzinfo=UTC)
    entries = AuditItem.by_target.query(
        get_target(alarm.name), AuditItem.at >= since, scan_index_forward=False,
        limit=ACKNOWLEDGED_READ,
    )  # fmt: skip
    for entry in entries:
        if entry.action == ACKNOWLEDGE:
            note = Acknowledgement(entry.operator, entry.reason, entry.at)
            return replace(alarm, acknowledgement=note)
    return alarm
