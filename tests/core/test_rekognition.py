"""The budget for Amazon Rekognition: no number of workers can spend more."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.core.botocore_stubber import BotocoreStubber

from pipeline.core import rekognition
from pipeline.core.controls import decide, read_controls
from pipeline.core.rekognition import (
    BUDGET,
    Charge,
    Day,
    add_prices,
    choose_budget,
    read_day,
    reserve,
)

PRICE = add_prices([Charge.LABELS])


@pytest.fixture(autouse=True)
def _aws(aws: None) -> None: ...


def read_today() -> Day:
    return read_day(datetime.now(UTC).date())


def test_the_price_of_a_picture_is_the_sum_of_what_is_asked_for() -> None:
    assert add_prices([]) == 0
    assert add_prices(Charge) == 1000 + 750 + 1000 + 1000


def test_a_budget_is_spent_to_its_last_picture_and_no_further() -> None:
    reserved = [reserve(PRICE, 3 * PRICE) for _ in range(5)]

    assert reserved == [True, True, True, False, False]
    assert read_today() == Day(datetime.now(UTC).date(), spent_usd=0.003, pictures=3, refused=2)


@pytest.fixture
def one_write_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """DynamoDB writes an item once at a time. moto loses writes that come at the same time."""
    lock, answer = threading.Lock(), BotocoreStubber.__call__

    def answer_alone(self: BotocoreStubber, **request: Any) -> Any:
        with lock:
            return answer(self, **request)

    monkeypatch.setattr(BotocoreStubber, "__call__", answer_alone)


@pytest.mark.usefixtures("one_write_at_a_time")
def test_workers_that_ask_at_the_same_time_spend_no_more_than_the_budget() -> None:
    with ThreadPoolExecutor(8) as workers:
        reserved = list(workers.map(lambda _: reserve(PRICE, 10 * PRICE), range(40)))

    assert reserved.count(True) == 10
    assert (read_today().pictures, read_today().refused) == (10, 30)


def test_a_picture_that_costs_more_than_is_left_is_refused() -> None:
    reserve(PRICE, 2 * PRICE)

    assert not reserve(2 * PRICE, 2 * PRICE)
    assert reserve(PRICE, 2 * PRICE)


def test_a_picture_that_costs_more_than_the_whole_budget_is_refused() -> None:
    assert not reserve(PRICE, PRICE - 1)
    assert read_today().spent_usd == 0


def test_what_was_not_charged_can_be_spent_again() -> None:
    reserve(PRICE, PRICE)

    rekognition.give_back(PRICE)

    assert read_today().spent_usd == 0
    assert reserve(PRICE, PRICE)


def test_a_day_without_calls_has_cost_nothing() -> None:
    assert read_today() == Day(datetime.now(UTC).date(), 0, 0, 0)


@pytest.mark.parametrize(
    ("set_usd", "most_usd", "budget"),
    [(None, 1, 1_000_000), (0.25, 1, 250_000), (5, 1, 1_000_000), (0, 1, 0), (5, 0, 0)],
)
def test_operators_set_a_budget_up_to_what_terraform_allows(
    set_usd: float | None, most_usd: float, budget: int
) -> None:
    if set_usd is not None:
        decide(BUDGET, operator="me", reason="A test", value=set_usd)

    assert choose_budget(read_controls(), most_usd) == budget
