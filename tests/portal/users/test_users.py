"""Users are found in Cognito, managed, and erased on request."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.live.connections import add_connection
from pipeline.core.live.streams import Stream, list_all_streams
from pipeline.core.tasks import lockouts
from portal.access.items import OperatorItem
from portal.actions import runs
from portal.actions.items import AuditItem, RunItem
from portal.environment import env
from portal.users.admin import UserAdmin
from portal.users.models import User
from tests.live_gateway import LiveGateway
from tests.portal.examples import create_user, save_task
from tests.portal.users.conftest import find, operate


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 3),
        ("q=ann@example.com", 1),
        ("q=ann", 2),
        ("q=example.com", 0),
        ("status=CONFIRMED", 3),
        ("status=UNCONFIRMED", 0),
        ("enabled=no", 1),
        ("enabled=yes&q=anna", 0),
    ],
)
def test_searches_that_cognito_supports_find_users(viewer: Client, query: str, count: int) -> None:
    for name in ("ann", "anna", "bob"):
        create_user(f"{name}@example.com")
    boto3.client("cognito-idp").admin_disable_user(
        UserPoolId=env.user_pool_id, Username="anna@example.com"
    )

    page = viewer.get(f"/users/user/?{query}").content.decode()

    assert page.count("data-row ") == count


def test_a_search_that_cognito_cannot_do_is_refused_with_a_message(viewer: Client) -> None:
    create_user()

    both = viewer.get("/users/user/?status=CONFIRMED&enabled=yes").content.decode()
    none = viewer.get("/users/user/?q=middle").content.decode()

    assert "Cognito filters by one property" in both
    assert "not its middle" in none


def test_quotes_do_not_break_out_of_the_filter(viewer: Client, ann: Any) -> None:
    response = viewer.get("/users/user/", {"q": '" or status = "Enabled'})

    assert response.status_code == 200
    assert "ann@example.com" not in response.content.decode()


def test_a_user_is_shown_with_groups_tasks_and_storage(viewer: Client) -> None:
    sub = create_user("ann@example.com", "viewer")
    tasks = [save_task(owner_id=sub) for _ in range(3)]

    page = viewer.get(f"/users/user/{find().pk}/change/").content.decode()

    assert all(task.task_id[:13] in page for task in tasks)
    assert "viewer" in page
    assert "2.9\xa0KB" in page


def test_disabling_a_user_signs_them_out_and_requires_a_reason(operator: Client, ann: Any) -> None:
    asked = operate(operator, "disable", ann)
    before = find().is_enabled
    operate(operator, "disable", ann, reason="Abuse")
    after = find().is_enabled
    operate(operator, "enable", find())

    assert "This field is required" in asked
    assert (before, after, find().is_enabled) == (True, False, True)
    assert "Abuse" in [entry.reason for entry in AuditItem.scan()]


def test_an_operator_who_is_signed_out_loses_the_portal(operator: Client) -> None:
    sub = create_user("eve@example.com", "operator")
    OperatorItem(sub, groups=["operator"]).save()

    operate(operator, "sign-out", find("eve@example.com"))

    assert OperatorItem.get(sub).signed_out_at is not None


def test_a_password_is_reset(operator: Client, ann: Any) -> None:
    operate(operator, "reset", ann)

    assert find().status == "RESET_REQUIRED"


def test_only_invited_users_can_be_invited_again(operator: Client, ann: Any) -> None:
    cognito = boto3.client("cognito-idp")
    cognito.admin_create_user(
        UserPoolId=env.user_pool_id,
        Username="bob@example.com",
        UserAttributes=[{"Name": "email", "Value": "bob@example.com"}],
    )

    refused = operate(operator, "invite", ann)
    invited = operate(operator, "invite", find("bob@example.com"))

    assert "only users who were invited and never signed in" in refused
    assert "Invited again" in invited


def test_only_an_admin_changes_groups(operator: Client, admin: Client, ann: Any) -> None:
    path = f"/users/user/operations/groups/?id={ann.pk}"

    refused = operator.get(path)
    operate(admin, "groups", ann, groups=["viewer", "operator"], reason="New colleague")
    operate(admin, "groups", ann, groups=["viewer"], reason="Other work")

    answer = boto3.client("cognito-idp").admin_list_groups_for_user(
        UserPoolId=env.user_pool_id, Username=ann.pk
    )
    assert refused.status_code == 403
    assert [group["GroupName"] for group in answer["Groups"]] == ["viewer"]
    assert "From operator, viewer to viewer" in [entry.detail for entry in AuditItem.scan()]


def test_operators_cannot_lock_themselves_out(admin: Client, ann: Any) -> None:
    OperatorItem("the-admin").update(actions=[OperatorItem.email.set("ann@example.com")])
    boto3.client("cognito-idp")
    own = User.objects.filter(pk=ann.pk).first()
    assert own is not None

    page = _operate_on_oneself(admin, own)

    assert "you cannot do this to your own account" in page
    assert find().is_enabled


def _operate_on_oneself(admin: Client, user: Any) -> str:
    """Turn the session into that of the user's own operator account."""
    item = OperatorItem.get("the-admin")
    OperatorItem(user.sub, password=item.password, groups=["admin"]).save()
    session = admin.session
    session["_auth_user_id"] = user.sub
    session.save()
    return operate(admin, "disable", user, reason="Oops")


def test_the_api_refuses_a_disabled_user_at_once_and_an_enabled_one_no_more(
    admin: Client, ann: Any
) -> None:
    operate(admin, "disable", ann, reason="Abuse")
    assert lockouts.is_locked_out(ann.sub)

    operate(admin, "enable", find())

    assert not lockouts.is_locked_out(ann.sub)


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("disable", {"reason": "Abuse"}),
        ("erase", {"confirmation": "ann@example.com", "reason": "Asked for it"}),
    ],
)
def test_the_cameras_and_open_pages_of_a_shut_account_are_cut_off_at_once(
    admin: Client, ann: Any, gateway: LiveGateway, name: str, answers: dict[str, str]
) -> None:
    Stream.begin(ann.sub, "kitchen")
    add_connection("a=", ann.sub)

    operate(admin, name, ann, **answers)
    if name == "erase":
        [run] = list(RunItem.scan())
        runs.advance(run, seconds=0)

    assert list_all_streams() == []
    assert gateway.closed == ["a="]


@pytest.mark.parametrize("term", ["ann@example.com", "ANN@Example.com", "Ann"])
def test_the_search_ignores_the_case_of_an_address(viewer: Client, ann: Any, term: str) -> None:
    page = viewer.get("/users/user/", {"q": term}).content.decode()

    assert "ann@example.com" in page


@pytest.mark.parametrize("name", ["disable", "reset", "sign-out", "enable"])
def test_an_operator_cannot_change_an_admin(operator: Client, name: str) -> None:
    create_user("boss@example.com", "admin")
    boss = User.objects.get(email="boss@example.com")
    if name == "enable":
        boto3.client("cognito-idp").admin_disable_user(
            UserPoolId=env.user_pool_id, Username=boss.pk
        )
    before = User.objects.get(email="boss@example.com")

    page = operate(operator, name, boss, reason="A test")

    after = User.objects.get(email="boss@example.com")
    assert "a higher role than yours" in page
    assert (after.is_enabled, after.status) == (before.is_enabled, before.status)
    assert any("higher role" in entry.detail for entry in AuditItem.scan())


def test_a_choice_of_more_users_than_one_page_is_refused(operator: Client) -> None:
    query = "&".join(f"id=user-{number}" for number in range(51))

    response = operator.get(f"/users/user/operations/disable/?{query}")

    assert response.status_code == 400


def test_no_operation_is_offered_for_all_users_at_once(
    operator: Client, ann: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UserAdmin, "list_per_page", 1)
    create_user("bob@example.com")

    page = operator.get("/users/user/").content.decode()

    assert 'rel="next"' in page
    assert "Select all matching" not in page
