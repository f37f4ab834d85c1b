"""Operators change the limits of all users within bounds, and return to the defaults."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from pipeline.core.controls import decide, read_controls
from pipeline.core.user_limits import BOUNDS, UserLimits
from portal.actions.items import AuditItem
from portal.limits.models import KINDS

LIST = "/limits/limit/"


def operate(client: Client, operation: str, name: str, **answers: object) -> Any:
    path = f"{LIST}operations/{operation}/?id={name}"
    return client.post(path, {"reason": "A flood", **answers}, follow=True)


def get_value(name: str) -> float | None:
    decision = read_controls().find(name)
    return None if decision is None else decision.value


def test_every_limit_is_listed_with_its_bounds(viewer: Client) -> None:
    page = viewer.get(LIST).content.decode()

    assert KINDS.keys() == BOUNDS.keys() == UserLimits.model_fields.keys()
    assert all(kind.title in page for kind in KINDS.values())
    assert "40 GB" in page
    assert "1 GB to 400 GB" in page


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("max_unfinished_tasks", "20", 20),
        ("bytes_per_day", "5", 5e9),
        ("uploads_per_second", "0.5", 0.5),
    ],
)
def test_a_limit_is_changed_and_audited(
    operator: Client, name: str, value: str, stored: float
) -> None:
    operate(operator, "change", name, value=value)
    page = operator.get(f"{LIST}{name}/change/").content.decode()

    assert get_value(name) == stored
    assert "the-operator" in page
    assert "A flood" in page
    [entry] = [entry for entry in AuditItem.scan() if entry.target == f"limits.limit/{name}"]
    assert (entry.action, entry.reason) == ("Change", "A flood")
    assert entry.detail.startswith("From ")


@pytest.mark.parametrize("value", ["0", "1001", "-5", "1.5", "many", "", "nan"])
def test_a_number_outside_of_the_bounds_is_refused(operator: Client, value: str) -> None:
    page = operate(operator, "change", "max_unfinished_tasks", value=value).content.decode()

    assert 'role="alert"' in page
    assert get_value("max_unfinished_tasks") is None


@pytest.mark.parametrize("value", ["nan", "inf", "1e400"])
def test_what_is_no_number_is_refused(operator: Client, value: str) -> None:
    operate(operator, "change", "uploads_per_second", value=value)

    assert get_value("uploads_per_second") is None


def test_nothing_is_changed_without_a_reason(operator: Client) -> None:
    operate(operator, "change", "upload_burst", value="10", reason="")

    assert get_value("upload_burst") is None


def test_the_first_page_reminds_of_a_changed_limit(operator: Client) -> None:
    before = operator.get("/").content.decode()
    operate(operator, "change", "upload_burst", value="10")
    changed = operator.get("/").content.decode()
    operate(operator, "reset", "upload_burst")

    assert "Limits of each user" not in before
    assert "Limits of each user: uploads at once." in changed
    assert "Limits of each user" not in operator.get("/").content.decode()


def test_the_default_holds_again(operator: Client) -> None:
    operate(operator, "change", "upload_burst", value="10")
    changed = operator.get(LIST).content.decode()
    operate(operator, "reset", "upload_burst")

    assert "changed" in changed
    assert get_value("upload_burst") is None
    details = [entry.detail for entry in AuditItem.scan() if entry.action == "Back to default"]
    assert details == ["From 10 to the default, 30"]


def test_the_list_shows_what_the_functions_do_with_a_number_outside_of_the_bounds(
    viewer: Client,
) -> None:
    decide("upload_burst", operator="somebody", reason="By hand", value=10_000)

    page = viewer.get(f"{LIST}upload_burst/change/").content.decode()

    assert "<dd>30 <" in page


def test_the_settings_of_the_environment_are_the_defaults(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UPLOAD_BURST", "77")

    page = viewer.get(f"{LIST}upload_burst/change/").content.decode()

    assert "<dd>77</dd>" in page


@pytest.mark.parametrize("operation", ["change", "reset"])
def test_a_viewer_changes_nothing(viewer: Client, operation: str) -> None:
    response = operate(viewer, operation, "upload_burst", value="10")

    assert response.status_code == 403
    assert get_value("upload_burst") is None
