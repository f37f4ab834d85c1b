"""Copies the log lines of the functions from CloudWatch to a local file."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from infra.local.layout import Layout

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_logs.type_defs import FilteredLogEventTypeDef

GROUP_PREFIX = "/aws/lambda/"
PLATFORM_LINES = ("START RequestId", "END RequestId", "REPORT RequestId")
OVERLAP_MS = 30_000
"""A line can arrive after newer lines, if its invocation took longer."""

Key = tuple[str, int, str]


@dataclass
class LogFollower:
    """Copies each line once. Not thread-safe."""

    client: CloudWatchLogsClient
    layout: Layout
    _seen: dict[Key, int] = field(default_factory=dict)
    _copied_until_ms: int = field(default_factory=lambda: get_now_ms())

    def copy(self) -> None:
        """Append the new lines to logs/functions.log."""
        now_ms = get_now_ms()
        since_ms = self._copied_until_ms - OVERLAP_MS
        found: list[FilteredLogEventTypeDef] = []
        for group in list_groups(self.client):
            found += self.client.filter_log_events(logGroupName=group, startTime=since_ms)["events"]
        # Only after all groups were read: a noted line is not copied again.
        new = [event for event in found if self._notice(event)]
        self._copied_until_ms = now_ms
        self._seen = {key: at for key, at in self._seen.items() if at >= now_ms - OVERLAP_MS}
        if new:
            with (self.layout.logs / "functions.log").open("a") as file:
                file.writelines(f"{event['message'].rstrip()}\n" for event in sorted(new, key=_age))

    def _notice(self, event: FilteredLogEventTypeDef) -> bool:
        """Whether it is a new line of a function."""
        key = (event["logStreamName"], event["timestamp"], event["message"])
        is_new = key not in self._seen
        self._seen[key] = event["timestamp"]
        return is_new and not event["message"].startswith(PLATFORM_LINES)


def get_now_ms() -> int:
    """Milliseconds since 1970."""
    return round(time.time() * 1000)


def list_groups(client: CloudWatchLogsClient) -> list[str]:
    """The log groups of all functions."""
    found = client.describe_log_groups(logGroupNamePrefix=GROUP_PREFIX)["logGroups"]
    return [group["logGroupName"] for group in found]


def forget_old_logs(client: CloudWatchLogsClient) -> None:
    """Delete the groups of earlier starts: the file has their lines, and ministack keeps them."""
    for group in list_groups(client):
        client.delete_log_group(logGroupName=group)


def _age(event: FilteredLogEventTypeDef) -> int:
    return event["timestamp"]
