"""Operators see what Amazon Rekognition costs and set its budget."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pipeline.core.controls import read_controls
from pipeline.core.rekognition import BUDGET, MICRO, choose_budget, reserve
from portal.actions.items import AuditItem
from portal.environment import env

LIST = "/rekognition/day/"


@pytest.fixture
def today() -> str:
    return datetime.now(UTC).date().isoformat()


@pytest.fixture
def most_usd(monkeypatch: pytest.MonkeyPatch) -> float:
    """Terraform allows two dollars a day."""
    offered = env.model_copy(update={"rekognition_usd_a_day": 2.0})
    monkeypatch.setattr("portal.rekognition.models.env", offered)
    return 2.0


def operate(client: Client, operation: str, day: str, **answers: object) -> str:
    path = f"{LIST}operations/{operation}/?id={day}"
    page: Any = client.post(path, {"reason": "It costs too much", **answers}, follow=True)
    return str(page.content.decode())


def test_each_day_shows_what_it_cost(viewer: Client, today: str, most_usd: float) -> None:
    assert reserve(1750, 2000)
    assert not reserve(1750, 2000)

    listed = viewer.get(LIST).content.decode()
    shown = viewer.get(f"{LIST}{today}/change/").content.decode()

    assert f"{today} (today)" in listed
    assert (datetime.now(UTC).date() - timedelta(days=13)).isoformat() in listed
    assert "0.00175 USD" in listed
    assert "Pictures beyond the budget" in shown
    assert "2 USD" in shown


def test_a_budget_is_set_and_audited_and_taken_back(
    operator: Client, today: str, most_usd: float
) -> None:
    operate(operator, "budget", today, value="0.25")
    shown = operator.get(f"{LIST}{today}/change/").content.decode()

    assert choose_budget(read_controls(), most_usd) == 0.25 * MICRO
    assert "0.25 USD" in shown
    assert "It costs too much" in shown
    operate(operator, "reset", today)
    assert choose_budget(read_controls(), most_usd) == most_usd * MICRO
    entries = sorted(AuditItem.scan(), key=lambda entry: entry.at)
    [changed, back] = [entry for entry in entries if entry.target == f"rekognition.day/{today}"]
    assert (changed.action, changed.reason) == ("Set the budget", "It costs too much")
    assert changed.detail == "From 2 USD to 0.25 USD"
    assert back.detail == "From 0.25 USD to the default, 2 USD"


@pytest.mark.parametrize("value", ["-1", "2.01", "much", "", "nan"])
def test_a_budget_is_at_most_what_terraform_allows(
    operator: Client, today: str, most_usd: float, value: str
) -> None:
    operate(operator, "budget", today, value=value)

    assert read_controls().find(BUDGET) is None


def test_the_budget_of_an_earlier_day_cannot_be_set(operator: Client, most_usd: float) -> None:
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()

    page = operate(operator, "budget", yesterday, value="1")

    assert "only the budget of today can be changed" in page
    assert read_controls().find(BUDGET) is None


def test_without_rekognition_the_page_says_how_to_offer_it(operator: Client, today: str) -> None:
    page = operator.get(f"{LIST}{today}/change/").content.decode()
    refused = operate(operator, "budget", today, value="1")

    assert "options.rekognition_usd_a_day" in page
    assert "does not offer Amazon Rekognition" in refused
    assert read_controls().find(BUDGET) is None


def test_a_viewer_sees_the_budget_and_does_not_set_it(
    viewer: Client, today: str, most_usd: float
) -> None:
    operate(viewer, "budget", today, value="1")

    assert read_controls().find(BUDGET) is None
