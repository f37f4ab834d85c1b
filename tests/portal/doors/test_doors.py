"""Operators close and open uploads and sign-up."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pipeline.core.doors import Door, close, find_closure
from portal.actions.items import AuditItem


def operate(client: Client, operation: str, door: Door, **answers: str) -> Any:
    path = f"/doors/door/operations/{operation}/?id={door}"
    return client.post(path, answers, follow=True)


@pytest.mark.parametrize("door", Door)
def test_an_operator_closes_and_opens_a_door(operator: Client, door: Door) -> None:
    operate(operator, "close", door, reason="Somebody floods us")
    closure = find_closure(door)
    page = operator.get(f"/doors/door/{door}/change/").content.decode()
    operate(operator, "open", door, reason="The flood is over")

    assert closure
    assert (closure.operator, closure.reason) == ("the-operator", "Somebody floods us")
    assert "Somebody floods us" in page
    assert find_closure(door) is None
    entries = sorted(AuditItem.scan(), key=lambda entry: entry.at)
    [closed, opened] = [entry for entry in entries if entry.target == f"doors.door/{door}"]
    assert (closed.action, closed.operator, closed.reason) == (
        "Close", "the-operator", "Somebody floods us",
    )  # fmt: skip
    assert (opened.action, opened.reason) == ("Open", "The flood is over")
    assert "closed by the-operator" in opened.detail


def test_an_operator_opens_what_the_budget_closed(operator: Client) -> None:
    for door in Door:
        close(door, closed_by="AWS Budgets", reason="The month's budget is spent")
    listed = operator.get("/doors/door/").content.decode()

    for door in Door:
        operate(operator, "open", door, reason="We pay for it")

    assert "AWS Budgets" in listed
    assert [find_closure(door) for door in Door] == [None, None]


def test_nothing_is_closed_without_a_reason(operator: Client) -> None:
    response = operate(operator, "close", Door.UPLOADS)

    assert "This field is required" in response.content.decode()
    assert find_closure(Door.UPLOADS) is None


def test_a_viewer_sees_the_doors_and_changes_none(viewer: Client) -> None:
    listed = viewer.get("/doors/door/")
    response = operate(viewer, "close", Door.UPLOADS, reason="A test")

    assert (listed.status_code, response.status_code) == (200, 403)
    assert find_closure(Door.UPLOADS) is None


def test_an_open_door_is_not_opened_again(operator: Client) -> None:
    response = operate(operator, "open", Door.UPLOADS, reason="A test")

    assert "it is open already" in response.content.decode()


def test_the_health_page_says_that_a_door_is_closed(operator: Client) -> None:
    before = operator.get("/").content.decode()
    close(Door.SIGN_UP, closed_by="AWS Budgets", reason="The month's budget is spent")
    after = operator.get("/").content.decode()

    assert "closed for everybody" not in before
    assert "Sign-up closed for everybody" in after
