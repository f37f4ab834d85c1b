"""The snapshot as cards: one number each, its meaning, its last hours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse

from pipeline.core import alarms
from portal.dashboard.charts import Chart, build_small
from portal.dashboard.metrics import RATE_MINUTES, Series
from portal.dashboard.snapshot import LATELY_MINUTES, SUCCESS_MINUTES, QueueState, Snapshot
from portal.remote.spans import describe_seconds
from portal.workers.group import Group

UNKNOWN = "\N{EM DASH}"
LAST_MINUTES = f"last {RATE_MINUTES} min"
STALE_MINUTES = 5
"""CloudWatch shows a minute about two minutes later. An older number says nothing about now."""


@dataclass(frozen=True)
class Card:
    """One number of the dashboard."""

    title: str
    value: str
    note: str = ""
    tone: str = ""
    """good, bad, stale, or nothing."""
    chart: Chart | None = None
    url: str = ""
    error: str = ""
    age: str = "now"
    """How old the number is."""
    is_named: bool = False
    """The verdict names what is wrong here in words of its own."""


def build_cards(snapshot: Snapshot) -> list[Card]:
    """In the order in which an operator asks: waiting, moving, failing, who works."""
    return [
        *_build_queue_cards(snapshot),
        *_build_flow_cards(snapshot),
        _build_worker_card(snapshot),
    ]


def find_concerns(snapshot: Snapshot, cards: Sequence[Card]) -> list[str]:
    """Problems that an operator should look at, worst first, with every red number."""
    red = [card for card in cards if card.tone == "bad" and not card.error and not card.is_named]
    return [*snapshot.concerns, *(f"{card.title}: {card.value}" for card in red)]


def _build_queue_cards(snapshot: Snapshot) -> list[Card]:
    state, series = snapshot.queues.value, snapshot.series.value
    if state is None:
        return [Card("Queue", UNKNOWN, tone="bad", error=snapshot.queues.error)]
    charts = series or {}
    tasks, letters = state.tasks, state.letters
    # SQS reports no age while nothing waits.
    age = charts["age"].last if "age" in charts and tasks.count else 0
    return [
        Card(
            "Waiting",
            f"{tasks.waiting:,}",
            f"{tasks.in_flight:,} in flight \N{MIDDLE DOT} {_say_drain(snapshot, state)}",
            "bad" if tasks.waiting > alarms.DEPTH.threshold else "good",
            _chart(charts, "depth", "Waiting", alarms.DEPTH.threshold),
            reverse("admin:queues_queue_changelist"),
        ),
        Card(
            "Oldest waits",
            UNKNOWN if age is None else describe_seconds(age) if age else "0 s",
            "age of the oldest message",
            "bad" if age and age > alarms.AGE.threshold else "good",
            _chart(charts, "age", "Seconds that the oldest waits", alarms.AGE.threshold),
            age=_say_age(charts.get("age")) if tasks.count else "now",
        ),
        Card(
            "Dead letters",
            f"{letters.count:,}",
            "used up their receives",
            "bad" if letters.count > alarms.DEAD_LETTERS.threshold else "good",
            _chart(charts, "dead_letters", "Dead letters"),
            reverse("admin:queues_deadletter_changelist"),
            is_named=True,
        ),
    ]


def _build_flow_cards(snapshot: Snapshot) -> list[Card]:
    series = snapshot.series.value
    if series is None:
        return [Card("Flow", UNKNOWN, tone="bad", error=snapshot.series.error)]
    p50, p95 = series["p50"].last, series["p95"].last
    return [
        Card(
            "Arrivals",
            f"{series['arrivals'].rate():.1f}",
            "a minute, mean of five",
            chart=_chart(series, "arrivals", "Arrivals a minute"),
            age=LAST_MINUTES,
        ),
        Card(
            "Completions",
            f"{snapshot.completions:.1f}",
            "a minute, mean of five",
            chart=_chart(series, "recognised", "Completions a minute"),
            age=LAST_MINUTES,
        ),
        _build_success_card(snapshot, series),
        Card(
            "Seconds per image",
            UNKNOWN if p50 is None else f"{p50:.2g} s",
            "no picture lately"
            if p95 is None
            else f"p50 in a worker \N{MIDDLE DOT} p95 {p95:.2g} s",
            tone="stale" if is_stale(series["p95"]) else "",
            chart=_chart(series, "p95", "p95 seconds per image"),
            age=_say_age(series["p95"]),
        ),
    ]


def _build_success_card(snapshot: Snapshot, series: dict[str, Series]) -> Card:
    """Unreadable pictures are the fault of the sender; only the other failures are ours.

    The card is red only if one of ours happened in the last minutes, so it is no longer red when
    the cause is mended.
    """
    percent = snapshot.success_percent
    ours = series["exhausted"].sum_of(SUCCESS_MINUTES)
    lately = series["exhausted"].sum_of(LATELY_MINUTES)
    theirs = series["failed"].sum_of(SUCCESS_MINUTES) - ours
    return Card(
        "Success in an hour",
        UNKNOWN if percent is None else f"{percent:.1f} %",
        "no picture came"
        if percent is None
        else f"unreadable: {theirs:.0f} \N{MIDDLE DOT} our failures: {ours:.0f}, "
        f"{_say_lately(lately)} in the last {LATELY_MINUTES} min",
        "" if percent is None else "bad" if lately else "" if ours else "good",
        _chart(series, "failed", "Failures a minute"),
        age="last hour",
    )


def _say_lately(count: float) -> str:
    return f"{count:.0f}" if count else "none"


def _build_worker_card(snapshot: Snapshot) -> Card:
    group: Group | None = snapshot.group.value
    if group is None:
        return Card("Workers", UNKNOWN, tone="bad", error=snapshot.group.error)
    silent = len(snapshot.silent_workers)
    is_short = group.in_service < group.desired or not group.desired or silent
    return Card(
        "Workers",
        f"{group.in_service} / {group.desired}",
        f"{silent} silent"
        if silent
        else f"in service / desired \N{MIDDLE DOT} at most {group.maximum}",
        "bad" if is_short else "good",
        _chart(snapshot.series.value or {}, "busy", "Percent busy"),
        reverse("admin:workers_worker_changelist"),
        is_named=True,
    )


def is_stale(series: Series) -> bool:
    age = series.age_minutes
    return age is not None and age > STALE_MINUTES


def _say_age(series: Series | None) -> str:
    age = series.age_minutes if series else None
    if age is None:
        return "no data"
    return describe_seconds(age * 60) + " old" if age else "now"


def _chart(
    series: dict[str, Series], key: str, title: str, threshold: float | None = None
) -> Chart | None:
    return build_small(series[key], title, threshold) if key in series else None


def _say_drain(snapshot: Snapshot, state: QueueState) -> str:
    if snapshot.is_paused:
        return "paused: workers take none"
    minutes = snapshot.drain_minutes
    if minutes is None and not snapshot.has_workers:
        return "never drained: no worker is in service"
    if minutes is None:
        return "nothing moves" if state.tasks.waiting else "rate unknown"
    return "drained" if not minutes else f"drained in {describe_seconds(minutes * 60)}"
