"""The page Time shows the metrics of hours to a month, with axes, deploys and error budgets."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from portal.actions.items import AuditItem
from portal.dashboard import deploys, history, objectives
from portal.dashboard.history import CODES, read_history
from portal.dashboard.metrics import Metric
from portal.dashboard.objectives import Objective, read_objectives
from portal.dashboard.ranges import RANGES, find_range
from portal.dashboard.time_charts import build_charts
from portal.environment import Environment, env
from portal.remote import answers
from tests.clocks import stop_clock
from tests.portal.dashboard.conftest import QUEUE, Put, put_alarm

# Of one page: the fixed lines, codes, stages, and the workers that tell of deploys.
MOST_METRICS = len(history.METRICS) + 2 * CODES + deploys.WORKERS + deploys.EXACT


@pytest.fixture
def noon(now: datetime, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time of all charts."""
    for module in (answers, deploys, history, objectives):
        stop_clock(monkeypatch, module, now)
    return now


def read_chart(page: str, title: str) -> dict[str, Any]:
    """The data of one chart of the page."""
    found = re.search(rf"<h2>{title}.*?data-chart=\"(.*?)\"", page, re.S)
    assert found, title
    data: dict[str, Any] = json.loads(unescape(found[1]))
    return data


def read_lines(page: str, title: str) -> dict[str, list[float | None]]:
    return {line["label"]: line["values"] for line in read_chart(page, title)["lines"]}


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("name", [one.name for one in RANGES])
def test_each_range_shows_what_happened_within_it(viewer: Client, put: Put, name: str) -> None:
    span = find_range(name)
    assert span is not None
    inside = int(span.length / timedelta(minutes=1)) - int(span.minutes) - 1
    put("AWS/SQS", "NumberOfMessagesSent", 60 * span.minutes, inside, **QUEUE)
    put("AWS/SQS", "NumberOfMessagesSent", 7000, inside + 3 * int(span.minutes), **QUEUE)

    page = viewer.get("/time/", {"range": name}).content.decode()

    chart = read_chart(page, "Arrivals and completions")
    arrivals = read_lines(page, "Arrivals and completions")["Arrivals"]
    assert len(chart["labels"]) == len(arrivals) == span.length / span.period
    assert [value for value in arrivals if value] == [60]
    assert arrivals.index(60) <= 2


@pytest.mark.usefixtures("noon")
def test_the_charts_show_failures_by_code_seconds_stages_and_workers(
    viewer: Client, put: Put
) -> None:
    put("Spotter", "ImagesFailed", 3, 30, ErrorCode="unreadable_image")
    put("Spotter", "ImagesFailed", 2, 30, ErrorCode="retries_exhausted")
    for seconds in range(1, 101):
        put("Spotter", "SecondsToResult", seconds, 30)
    put("Spotter", "StageSeconds", 0.04, 30, Stage="decode")
    put("AWS/AutoScaling", "GroupInServiceInstances", 2, 30, AutoScalingGroupName="workers")
    put("AWS/AutoScaling", "GroupDesiredCapacity", 3, 30, AutoScalingGroupName="workers")

    page = viewer.get("/time/", {"range": "1h"}).content.decode()

    codes = read_lines(page, "Failures by code")
    assert {code: sum(filter(None, values)) for code, values in codes.items()} == {
        "retries exhausted": 2,
        "unreadable image": 3,
    }
    seconds_to_result = read_lines(page, "Upload to result")
    assert [max(filter(None, seconds_to_result[p])) for p in ("p50", "p95", "p99")] == [50, 95, 99]
    assert max(filter(None, read_lines(page, "Seconds by stage")["decode"])) == 0.04
    workers = read_lines(page, "Workers")
    assert [max(filter(None, workers[line])) for line in ("In service", "Wanted")] == [2, 3]


@pytest.mark.usefixtures("noon")
def test_each_chart_has_its_numbers_as_a_table(viewer: Client, put: Put) -> None:
    put("AWS/SQS", "NumberOfMessagesSent", 1234, 30, **QUEUE)

    page = viewer.get("/time/", {"range": "1h"}).content.decode()

    assert "Arrivals and completions as a table" in page
    assert '<td class="number">1,234</td>' in page
    assert page.count("<canvas") == page.count("as a table</summary>")


def test_a_period_that_is_not_over_is_no_drop(noon: datetime, put: Put) -> None:
    span = find_range("7d")
    assert span is not None
    beginning = span.list_points(noon)[-1]
    passed = max((noon - beginning) / timedelta(minutes=1), 1)
    put("Spotter", "ImagesRecognised", 10 * passed, 0)

    chart = build_charts(read_history(span))[0]

    recognised = next(line for line in chart.lines if line.label == "Recognised")
    assert recognised.values[-1] == pytest.approx(10)


@pytest.mark.usefixtures("noon")
def test_a_new_version_of_the_workers_is_a_mark(viewer: Client, put: Put) -> None:
    for minutes_ago in range(0, 600, 20):
        put("Spotter", "WorkerHeartbeat", 1, minutes_ago + 31, Worker="a", Version="old")
    for minutes_ago in (10, 30):
        put("Spotter", "WorkerHeartbeat", 1, minutes_ago, Worker="b", Version="new")

    put("AWS/SQS", "NumberOfMessagesSent", 1, 10, **QUEUE)

    page = viewer.get("/time/", {"range": "1h"}).content.decode()

    # The old version was first seen before this hour.
    marks = read_chart(page, "Arrivals and completions")["marks"]
    assert marks == [{"at": 29, "label": "new"}]


@pytest.mark.usefixtures("noon")
def test_a_small_environment_says_which_numbers_it_does_not_have(
    viewer: Client, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(env.__dict__, "metrics_detail", "basic")
    put("Spotter", "ImagesFailed", 5, 30)

    page = viewer.get("/time/", {"range": "1h"}).content.decode()

    assert "only the whole time in a worker is here" in page
    assert max(filter(None, read_lines(page, "Failures by code")["all failures"])) == 5


@pytest.mark.usefixtures("noon")
def test_all_operators_share_the_charts_and_few_metrics_are_asked_for(
    viewer: Client, admin: Client, put: Put, asked: list[int]
) -> None:
    for number in range(2 * deploys.WORKERS):
        put("Spotter", "WorkerHeartbeat", 1, 10, Worker=f"w{number}", Version=f"v{number // 20}")
    for number in range(2 * CODES):
        put("Spotter", "ImagesFailed", 1, 10, ErrorCode=f"code_{number}")

    viewer.get("/time/", {"range": "1h"})
    first = sum(asked)
    for client in (viewer, admin):
        client.get("/time/", {"range": "1h"})

    assert first == sum(asked)
    assert first <= MOST_METRICS


@pytest.mark.parametrize("query", ["range=1y", "range=", "span=1h"])
def test_an_unknown_range_is_refused(viewer: Client, query: str) -> None:
    assert viewer.get(f"/time/?{query}").status_code == 400


@pytest.fixture
def promised(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment whose API sends metrics and which promises results within 10 s."""
    values: dict[str, Any] = {"api_name": "spotter", "result_seconds": 10}
    for name, value in values.items():
        monkeypatch.setitem(env.__dict__, name, value)
    monkeypatch.setitem(objectives._GATEWAY, "ApiName", "spotter")
    rank = Metric("Spotter", "SecondsToResult", "PR(:10)")
    monkeypatch.setitem(objectives._RESULTS, "in_time", rank)


@pytest.mark.usefixtures("noon", "promised")
def test_the_error_budgets_tell_how_fast_they_burn_and_what_is_left(
    viewer: Client, put: Put
) -> None:
    put("AWS/ApiGateway", "Count", 99_000, 5 * 24 * 60, ApiName="spotter")
    put("AWS/ApiGateway", "Count", 1000, 1, ApiName="spotter")
    put("AWS/ApiGateway", "5XXError", 25, 1, ApiName="spotter")
    for seconds in (1, 2, 3, 30):
        put("Spotter", "SecondsToResult", seconds, 1)

    availability, latency = read_objectives()
    page = viewer.get("/time/").content.decode()

    # 100,000 requests may have 100 errors; 25 of 1,000 are 25 times the allowed share.
    assert availability.left == pytest.approx(75)
    assert dict(availability.burns)[6] == pytest.approx(25)
    assert latency.left == pytest.approx(100 * (1 - 1 / 0.004))
    assert "75 % left" in page
    assert read_lines(page, "Error budget left")["Availability"][-1] == 75


def test_a_budget_that_nothing_used_is_unknown() -> None:
    objective = Objective("Availability", "", [0] * 720, [0] * 720, [])

    assert objective.left is None
    assert not objective.is_burning


def test_an_environment_without_metrics_of_the_api_has_no_objective(viewer: Client) -> None:
    assert "This environment has no objective" in viewer.get("/time/").content.decode()


def test_the_environment_names_its_objective() -> None:
    assert Environment().objective == 0.999


def test_an_alarm_has_its_runbook_and_the_time_since_when_it_is_on(viewer: Client) -> None:
    put_alarm("ALARM")

    page = viewer.get("/").content.decode()

    assert "Nobody has acknowledged it" in page
    today = f"{datetime.now(UTC):%-d %b}"
    assert re.search(rf'since <time datetime="[^"]+">{today} \d\d:\d\d UTC</time>', page)


def test_an_acknowledgement_is_shown_with_its_note_and_audited(
    operator: Client, viewer: Client
) -> None:
    put_alarm("ALARM")
    path = "/alarms/queue-depth/acknowledge/"

    asked = operator.get(path).content.decode()
    response = operator.post(path, {"reason": "I add workers"})

    assert "Note" in asked
    assert response.status_code == 302
    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Acknowledge"]
    assert (entry.target, entry.reason) == ("dashboard.alarm/queue-depth", "I add workers")
    assert "looks after it since" in viewer.get("/").content.decode()
    assert "I add workers" in viewer.get("/time/").content.decode()


def test_the_page_of_an_alarm_has_its_history_and_runbook(viewer: Client) -> None:
    put_alarm("OK")
    put_alarm("ALARM")

    page = viewer.get("/alarms/queue-depth/").content.decode()

    assert "More wait than the workers can take</dd>" in page
    assert "docs/runbooks/queue-depth.md" in page
    assert re.search(r"<td>ok</td>\s*<td>alarm</td>\s*<td[^>]*>150 wait", page)


def test_an_alarm_links_to_its_runbook_where_the_repository_is_known(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(env.__dict__, "repository_url", "https://code.example/spotter")
    put_alarm("ALARM")
    link = 'href="https://code.example/spotter/docs/runbooks/queue-depth.md"'

    assert link in viewer.get("/alarms/queue-depth/").content.decode()
    assert link in viewer.get("/").content.decode()


def test_an_alarm_that_comes_back_is_not_acknowledged(operator: Client) -> None:
    put_alarm("ALARM")
    operator.post("/alarms/queue-depth/acknowledge/", {"reason": "I add workers"})
    put_alarm("OK")
    put_alarm("ALARM")

    page = operator.get("/").content.decode()

    assert "Nobody has acknowledged it" in page


def test_a_viewer_cannot_acknowledge(viewer: Client) -> None:
    put_alarm("ALARM")

    response = viewer.post("/alarms/queue-depth/acknowledge/", {"reason": "x"})

    assert response.status_code == 403


def test_what_is_over_cannot_be_acknowledged(operator: Client) -> None:
    put_alarm("OK")

    page = operator.post(
        "/alarms/queue-depth/acknowledge/", {"reason": "x"}, follow=True
    ).content.decode()

    assert "The alarm is over" in page
    assert not [entry for entry in AuditItem.scan() if entry.action == "Acknowledge"]


def test_an_unknown_alarm_is_reported_as_missing(viewer: Client) -> None:
    assert viewer.get("/alarms/nothing-such/").status_code == 404
    assert viewer.get(f"/alarms/{'x' * 2000}/").status_code == 404
