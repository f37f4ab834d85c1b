"""Local accounts are made by a command that never replaces one."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.management import CommandError, call_command

from portal.access import tries
from portal.access.items import OperatorItem
from tests.portal.conftest import PASSWORD, Phone, SecureClient

OTHER_PASSWORD = "another long password"

Run = Callable[..., str]


@pytest.fixture
def create_operator(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command and returns what it prints."""

    def run(name: str, *options: str, password: str = PASSWORD) -> str:
        monkeypatch.setattr("sys.stdin", StringIO(f"{password}\n"))
        output = StringIO()
        call_command("createoperator", name, *options, stdout=output)
        return output.getvalue()

    return run


def sign_in(name: str, password: str) -> SecureClient:
    client = SecureClient()
    client.post("/login/", {"username": name, "password": password, "next": "/"})
    return client


def is_in(client: SecureClient) -> bool:
    return client.get("/tasks/task/").status_code == 200


def test_a_local_account_is_made(create_operator: Run) -> None:
    output = create_operator("ann", "--group", "admin")

    item = OperatorItem.get("ann")
    assert output == "ann can sign in as admin.\n"
    assert check_password(PASSWORD, item.password)
    assert [str(group) for group in item.groups] == ["admin"]


@pytest.mark.parametrize("options", [(), ("--new-password",)])
def test_a_short_password_is_refused(create_operator: Run, options: tuple[str, ...]) -> None:
    with pytest.raises(CommandError, match="14 characters"):
        create_operator("ann", *options, password="short")


def test_an_existing_account_is_not_replaced(create_operator: Run) -> None:
    create_operator("ann")
    Phone(sign_in("ann", PASSWORD)).set_up()
    before = OperatorItem.get("ann").serialize()

    with pytest.raises(CommandError, match=r"exists already.*--new-password"):
        create_operator("ann", "--group", "admin", password=OTHER_PASSWORD)

    assert OperatorItem.get("ann").serialize() == before


def test_a_new_password_keeps_role_and_second_factor(create_operator: Run) -> None:
    create_operator("ann", "--group", "viewer")
    session = sign_in("ann", PASSWORD)
    phone = Phone(session)
    phone.set_up()
    for _ in range(tries.LIMIT):
        sign_in("ann", "wrong")

    create_operator("ann", "--new-password", password=OTHER_PASSWORD)

    again = sign_in("ann", OTHER_PASSWORD)
    before_the_code = is_in(again)
    phone.enter(phone.show_code(1), again)
    assert not is_in(session)
    assert (before_the_code, is_in(again)) == (False, True)
    assert [str(group) for group in OperatorItem.get("ann").groups] == ["viewer"]


@pytest.mark.parametrize("is_known", [False, True])
def test_only_a_local_account_gets_a_new_password(create_operator: Run, is_known: bool) -> None:
    if is_known:
        OperatorItem("sub-of-cognito", groups=["admin"]).save()

    with pytest.raises(CommandError, match="no local account"):
        create_operator("sub-of-cognito", "--new-password")

    kept = [item.password for item in OperatorItem.scan()]
    assert kept == (["!"] if is_known else [])
