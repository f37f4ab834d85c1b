"""When a new version of the workers was first seen: the deploy marks of the charts."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from portal import aws
from portal.dashboard.metrics import MINUTE, Metric, read_values
from portal.workers.group import HEARTBEAT

HORIZON = timedelta(days=14)
"""CloudWatch lists a metric for two weeks after its last value."""

HOUR = timedelta(hours=1)
WORKERS_OF_A_VERSION = 10
WORKERS = 100
"""Heartbeats that are read at most: each costs as much as a whole chart line."""

EXACT = 3
"""The number of versions whose minute is read. Only the hour of older ones is read."""


def read_deploys() -> dict[str, datetime]:
    """When each version was first seen, newest first; not those that are older than `HORIZON`."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    start = end - HORIZON
    heartbeats = _list_heartbeats()
    found = read_values({key: metric for key, (_, metric) in heartbeats.items()}, start, end, HOUR)
    firsts: dict[str, tuple[datetime, str]] = {}
    for key, (version, _) in heartbeats.items():
        if found[key]:
            seen = (min(found[key]), key)
            firsts[version] = min(seen, firsts.get(version, seen))
    # A version that reported in the first hour was there before.
    new = [(at, key, version) for version, (at, key) in firsts.items() if at > start]
    new.sort(reverse=True)
    exact = {version: _read_minute(heartbeats[key][1], at, key) for at, key, version in new[:EXACT]}
    return {**exact, **{version: at for at, _, version in new[EXACT:]}}


def _read_minute(metric: Metric, hour: datetime, key: str) -> datetime:
    values = read_values({key: metric}, hour, hour + HOUR, MINUTE)[key]
    return min(values, default=hour)


def _list_heartbeats() -> dict[str, tuple[str, Metric]]:
    """Version and metric of some workers of each version, by a key for the query."""
    pages = aws.cloudwatch().get_paginator("list_metrics")
    by_version: dict[str, list[Metric]] = defaultdict(list)
    for page in pages.paginate(Namespace="Spotter", MetricName=HEARTBEAT):
        for found in page["Metrics"]:
            dimensions = {d["Name"]: d["Value"] for d in found["Dimensions"]}
            metric = Metric("Spotter", HEARTBEAT, "Sum", dimensions)
            by_version[dimensions.get("Version", "")].append(metric)
    chosen = [
        (version, metric)
        for version, metrics in by_version.items()
        for metric in metrics[:WORKERS_OF_A_VERSION]
        if version
    ]
    return {f"w{index}": pair for index, pair in enumerate(chosen[:WORKERS])}
