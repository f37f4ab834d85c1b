"""A session ends when it should, and its cookies and pages are closed to others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import responses
from django.test import Client

from portal.access import middleware
from portal.access.items import OperatorItem, SessionItem
from portal.environment import env
from tests.portal.access.conftest import come_back, is_in
from tests.portal.conftest import Phone
from tests.portal.examples import create_user


def test_an_idle_session_ends(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(middleware, "IDLE_TIMEOUT", timedelta(0))

    response = operator.get("/tasks/task/", follow=True)

    assert "nothing happened for 30 minutes" in response.content.decode()


def test_a_page_that_refreshes_itself_does_not_prolong_a_session(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "SEEN_INTERVAL", timedelta(0))
    before = operator.session["seen_at"]

    operator.get("/dashboard/live/", headers={middleware.BACKGROUND_HEADER: "1"})
    unseen = operator.session["seen_at"]
    operator.get("/tasks/task/")

    assert unseen == before
    assert operator.session["seen_at"] > before


def test_a_deleted_session_ends_at_once(operator: Client) -> None:
    for session in SessionItem.scan():
        session.delete()

    assert not is_in(operator)


def test_an_expired_session_ends_even_if_its_record_still_exists(operator: Client) -> None:
    for session in SessionItem.scan():
        session.update(actions=[SessionItem.expires_at.set(datetime.now(UTC) - timedelta(1))])

    assert not is_in(operator)


def test_signing_out_everywhere_ends_the_portals_session(operator: Client) -> None:
    now = datetime.now(UTC)
    OperatorItem("the-operator").update(actions=[OperatorItem.signed_out_at.set(now)])

    response = operator.get("/", follow=True)

    assert "signed out by an administrator" in response.content.decode()


@pytest.mark.parametrize("change", ["leaves the group", "is disabled", "is deleted"])
def test_an_operator_who_loses_the_group_in_cognito_is_signed_out_within_minutes(
    provider: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    sub = create_user("ann@example.com", "operator")
    client = Client()
    come_back(client, provider, sub=sub)
    Phone(client).set_up()
    before = is_in(client)
    cognito: Any = boto3.client("cognito-idp")
    user = {"UserPoolId": env.user_pool_id, "Username": sub}
    if change == "leaves the group":
        cognito.admin_remove_user_from_group(**user, GroupName="operator")
    elif change == "is disabled":
        cognito.admin_disable_user(**user)
    else:
        cognito.admin_delete_user(**user)
    still = is_in(client)

    monkeypatch.setattr(middleware, "CHECK_INTERVAL", timedelta(0))

    assert (before, still, is_in(client)) == (True, True, False)


def test_cookies_are_sent_over_https_only_and_hidden_from_scripts(operator: Client) -> None:
    session = operator.cookies["sessionid"]

    assert session["secure"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


def test_pages_forbid_foreign_scripts_frames_and_caches(operator: Client) -> None:
    response = operator.get("/tasks/task/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("style-src")[0]
    assert response["X-Frame-Options"] == "DENY"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert int(response["Strict-Transport-Security"].split("=")[1].split(";")[0]) > 0


def test_no_page_of_ours_has_an_inline_script(operator: Client) -> None:
    for path in ("/", "/tasks/task/", "/queues/deadletter/"):
        page = operator.get(path).content.decode()

        assert "onclick=" not in page
        assert all("src=" in tag.split(">")[0] for tag in page.split("<script")[1:])


def test_another_host_is_refused() -> None:
    response = Client().get("/login/", secure=True, headers={"host": "evil.example"})

    assert response.status_code == 400
