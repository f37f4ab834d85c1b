"""The charts of the page Time: what came, what became of it, how long it took, what it cost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from pipeline.core import alarms
from portal.dashboard.charts import BAR, Chart, Line
from portal.dashboard.history import CODE, STAGE, History
from portal.dashboard.metrics import MINUTE
from portal.dashboard.objectives import Objective
from portal.environment import env

BASIC_CODES = (
    "This environment sends at most ten metrics, so failures are counted in total, and those that "
    "used up their retries. The list of tasks filters by every code."
)
BASIC_STAGES = (
    "This environment sends at most ten metrics, so only the whole time in a worker is here. The "
    "workers' log has the seconds of each stage for each task."
)
FROM_QUEUE = "From the moment that a picture is in the queue to its stored result."
SPEND = (
    "The estimate of AWS for the whole account since the month began, renewed every six hours or "
    "so. Empty until the account sends billing metrics: Billing, Preferences, CloudWatch alerts."
)
NO_SPEND = "AWS renews its estimate every six hours or so. Choose 7 or 30 days."


def build_charts(history: History) -> list[Chart]:
    """In the order in which an operator asks."""
    builders: Sequence[Callable[[History], Chart]] = (
        _build_flow,
        _build_failures,
        _build_latency,
        _build_stages,
        _build_waiting,
        _build_workers,
        _build_spend,
    )
    return [build(history) for build in builders]


def build_budget_chart(objectives: Sequence[Objective]) -> Chart:
    """What was left of each error budget, day by day."""
    days = [f"{day:%d %b}" for day in objectives[0].days] if objectives else []
    lines = [Line(objective.title, objective.left_by_day) for objective in objectives]
    return Chart("Error budget left", "percent", days, lines, "Of 30 days, at the end of each day.")


def _build_flow(history: History) -> Chart:
    lines = [
        Line("Arrivals", _rate(history, "arrivals")),
        Line("Recognised", _rate(history, "recognised")),
        Line("Failed", _rate(history, "failed")),
    ]
    return _chart(history, "Arrivals and completions", "tasks a minute", lines)


def _build_failures(history: History) -> Chart:
    keys = history.list_keys(CODE)
    lines = [
        Line(history.names[key].replace("_", " "), history.series[key], BAR)
        for key in keys
        if any(history.series[key])
    ]
    note = ""
    if env.metrics_detail == "basic":
        note = BASIC_CODES
        lines.append(Line("all failures", history.series["failed"]))
    return _chart(history, "Failures by code", "tasks", lines, note)


def _build_latency(history: History) -> Chart:
    lines = [Line(key, history.series[key]) for key in ("p50", "p95", "p99")]
    return _chart(history, "Upload to result", "seconds", lines, FROM_QUEUE)


def _build_stages(history: History) -> Chart:
    lines = [
        Line(history.names[key], history.series[key])
        for key in history.list_keys(STAGE)
        if any(history.series[key])
    ]
    note = BASIC_STAGES if env.metrics_detail == "basic" else "95 of 100 pictures are faster."
    return _chart(history, "Seconds by stage", "seconds, p95", lines, note)


def _build_waiting(history: History) -> Chart:
    limit = [float(alarms.DEPTH.threshold)] * len(history.points)
    lines = [
        Line("Waiting", history.series["waiting"]),
        Line("Dead letters", history.series["letters"]),
        Line("Alarm", limit, is_limit=True),
    ]
    return _chart(history, "Waiting", "messages", lines)


def _build_workers(history: History) -> Chart:
    lines = [
        Line("In service", history.series["in_service"]),
        Line("Wanted", history.series["wanted"]),
    ]
    return _chart(history, "Workers", "workers", lines)


def _build_spend(history: History) -> Chart:
    spend = history.series.get("spend")
    lines = [] if spend is None else [Line("This month", spend)]
    return _chart(history, "Spend", "USD", lines, NO_SPEND if spend is None else SPEND)


def _chart(history: History, title: str, unit: str, lines: Sequence[Line], note: str = "") -> Chart:
    labels = [f"{point:{history.range.form}}" for point in history.points]
    return Chart(title, unit, labels, lines, note, _mark_deploys(history))


def _mark_deploys(history: History) -> list[tuple[int, str]]:
    """The point of each deploy that happened within the range."""
    return [
        (_find_point(history, at), version[:12])
        for version, at in history.deploys.items()
        if at >= history.points[0]
    ]


def _find_point(history: History, at: datetime) -> int:
    return min((at - history.points[0]) // history.range.period, len(history.points) - 1)


def _rate(history: History, key: str) -> list[float | None]:
    """Sums as a number a minute. The last period is not over, so it is divided by what passed."""
    minutes = history.range.minutes
    passed = max(history.read_at - history.points[-1], MINUTE) / timedelta(minutes=1)
    values = history.series[key]
    rates = [None if value is None else value / minutes for value in values]
    last = values[-1]
    return [*rates[:-1], None if last is None else last / min(passed, minutes)]
