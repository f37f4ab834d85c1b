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
    """Copies each line once. Not thread-safe.

    A look is one request while no function writes. A request for each group, every two seconds,
    would need more time of the local AWS than some users do.
    """

    client: CloudWatchLogsClient
    layout: Layout
    _sizes: dict[str, int] = field(default_factory=dict)
    """The bytes of each group when it was last read."""
    _seen: dict[Key, int] = field(default_factory=dict)
    _copied_until_ms: int = field(default_factory=lambda: get_now_ms())

    def copy(self) -> None:
        """Append the new lines to logs/functions.log."""
        now_ms = get_now_ms()
        since_ms = self._copied_until_ms - OVERLAP_MS
        found: list[FilteredLogEventTypeDef] = []
        sizes = read_sizes(self.client)
        for group, size in sizes.items():
            if size != self._sizes.get(group):
                events = self.client.filter_log_events(logGroupName=group, startTime=since_ms)
                found += events["events"]
        # Only after all groups were read: a noted line is not copied again.
        self._sizes = sizes
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


def read_sizes(client: CloudWatchLogsClient) -> dict[str, int]:
    """The bytes in the log groups of all functions, by name."""
    pages = client.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=GROUP_PREFIX)
    return {
        group["logGroupName"]: group["storedBytes"] for page in pages for group in page["logGroups"]
    }


def forget_old_logs(client: CloudWatchLogsClient) -> None:
    """Delete the groups of earlier starts: the file has their lines, and ministack keeps them."""
    for group in read_sizes(client):
        client.delete_log_group(logGroupName=group)


def _age(event: FilteredLogEventTypeDef) -> int:
    return event["timestamp"]
