"""The copy of the functions' logs has each line once, also after errors of the local AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local import logs
from infra.local.layout import Layout
from infra.local.logs import GROUP_PREFIX, OVERLAP_MS, LogFollower
from tests.clocks import HandClock

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

STREAM = "stream"
SECOND = 1000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(logs, "time", clock)
    return clock


@pytest.fixture
def client(aws: None) -> CloudWatchLogsClient:
    client = boto3.client("logs")
    for function in ("sweep", "upload"):
        client.create_log_group(logGroupName=GROUP_PREFIX + function)
        client.create_log_stream(logGroupName=GROUP_PREFIX + function, logStreamName=STREAM)
    return client


@pytest.fixture
def follower(client: CloudWatchLogsClient, clock: HandClock, layout: Layout) -> LogFollower:
    return LogFollower(client, layout)


def log(client: CloudWatchLogsClient, clock: HandClock, function: str, line: str) -> None:
    client.put_log_events(
        logGroupName=GROUP_PREFIX + function,
        logStreamName=STREAM,
        logEvents=[{"timestamp": round(clock.time() * SECOND), "message": line}],
    )


def read(layout: Layout) -> list[str]:
    return (layout.logs / "functions.log").read_text().splitlines()


def test_each_line_of_a_function_is_copied_once(
    client: CloudWatchLogsClient, clock: HandClock, follower: LogFollower, layout: Layout
) -> None:
    log(client, clock, "upload", "START RequestId: 1")
    log(client, clock, "upload", "Task queued")
    follower.copy()
    clock.go(1)
    log(client, clock, "sweep", "Nothing to do")

    follower.copy()
    follower.copy()

    assert read(layout) == ["Task queued", "Nothing to do"]


def test_no_line_is_lost_while_the_local_aws_does_not_answer(
    client: CloudWatchLogsClient, clock: HandClock, follower: LogFollower, layout: Layout
) -> None:
    def refuse(params: dict[str, object], **_: object) -> None:
        if b"upload" in bytes(str(params["body"]), "utf-8"):
            raise ClientError({"Error": {"Code": "InternalError"}}, "FilterLogEvents")

    log(client, clock, "sweep", "Nothing to do")
    log(client, clock, "upload", "Task queued")
    client.meta.events.register("before-call.cloudwatch-logs.FilterLogEvents", refuse)
    with pytest.raises(ClientError):
        follower.copy()  # After the first function's lines
    client.meta.events.unregister("before-call.cloudwatch-logs.FilterLogEvents", refuse)
    clock.go(2 * OVERLAP_MS / SECOND)

    follower.copy()

    assert sorted(read(layout)) == ["Nothing to do", "Task queued"]


def test_only_groups_with_new_lines_are_read(
    client: CloudWatchLogsClient, clock: HandClock, follower: LogFollower, layout: Layout
) -> None:
    reads: list[str] = []

    def note(params: dict[str, object], **_: object) -> None:
        reads.append("upload" if "upload" in str(params["body"]) else "sweep")

    log(client, clock, "upload", "Task queued")
    follower.copy()
    client.meta.events.register("before-call.cloudwatch-logs.FilterLogEvents", note)

    follower.copy()
    assert reads == []
    log(client, clock, "sweep", "Nothing to do")
    follower.copy()
    assert reads == ["sweep"]
