"""Nobody gets past the second factor: who sets it up, who gives codes, who resets it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pydantic import ValidationError

from portal.access import tries
from portal.access.items import OperatorItem
from portal.actions.items import AuditItem
from portal.environment import Environment, env
from tests.portal.conftest import PASSWORD, Phone, SecureClient

SignIn = Callable[..., Client]


def give_password(name: str = "ann", group: str = "operator", *, is_new: bool = True) -> Client:
    """A browser after the first step of the sign-in, before the second."""
    if is_new:
        build_operator(name, group).save()
    client = SecureClient()
    form = {"username": name, "password": PASSWORD, "next": "/"}
    assert client.post("/login/", form).status_code == 302
    return client


def build_operator(name: str, group: str) -> OperatorItem:
    return OperatorItem(name, password=make_password(PASSWORD), groups=[group])


def is_in(client: Client) -> bool:
    return client.get("/tasks/task/").status_code == 200


def read_details(action: str = "Second factor") -> list[str]:
    entries = sorted(AuditItem.scan(), key=lambda entry: entry.at)
    return [entry.detail for entry in entries if entry.action == action]


def test_the_first_sign_in_sets_up_an_authenticator_app() -> None:
    client = give_password()
    before = is_in(client)

    response = (phone := Phone(client)).enter(phone.show_code())

    assert (before, is_in(client)) == (False, True)
    assert response["Location"] == "/tasks/task/"
    assert read_details() == ["Set up"]


def test_a_wrong_code_does_not_set_it_up() -> None:
    client = give_password()

    response = Phone(client).enter("000000")

    assert "This code is wrong" in response.content.decode()
    assert not is_in(client)
    assert OperatorItem.get("ann").factor_key is None


def test_each_later_sign_in_needs_a_code() -> None:
    phone = Phone(give_password())
    phone.set_up()
    client = give_password(is_new=False)
    page = client.get("/second-factor/").content.decode()

    refused = phone.enter("000000", client).status_code, is_in(client)
    accepted = phone.enter(phone.show_code(1), client).status_code, is_in(client)

    assert phone.key not in page
    assert (refused, accepted) == ((200, False), (302, True))
    assert read_details() == ["Set up", "The code was wrong or used before", "The code was right"]


def test_a_code_works_once() -> None:
    phone = Phone(give_password())
    first, second = give_password(is_new=False), give_password(is_new=False)
    used = phone.show_code()
    phone.enter(used)
    next_code = phone.show_code(1)

    replayed = phone.enter(used, first).status_code
    accepted = phone.enter(next_code, first).status_code
    again = phone.enter(next_code, second).status_code

    assert (replayed, accepted, again) == (200, 302, 200)
    assert (is_in(first), is_in(second)) == (True, False)


def test_a_code_with_a_space_is_accepted() -> None:
    phone = Phone(give_password())
    code = phone.show_code()

    response = phone.enter(f" {code[:3]} {code[3:]}")

    assert response.status_code == 302


def list_addresses() -> Iterator[str]:
    """An example of every address that the portal answers."""

    def walk(prefix: str, patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            parameters = dict.fromkeys(pattern.pattern.converters, "x")
            address = prefix + str(pattern.pattern)
            for name in parameters:
                address = address.replace(f"<str:{name}>", "x").replace(f"<path:{name}>", "x")
            if isinstance(pattern, URLResolver):
                yield from walk(address, pattern.url_patterns)
            elif "^" not in address and "(" not in address:
                yield f"/{address}"

    yield from walk("", get_resolver().url_patterns)


def test_no_address_can_be_reached_without_a_code() -> None:
    client = give_password(group="admin")
    addresses = set(list_addresses()) - {"/second-factor/", "/logout/"}

    def follow(address: str) -> set[str]:
        answers = [client.get(address), client.post(address)]
        return {answer.headers.get("Location", str(answer.status_code)) for answer in answers}

    passed = {address: follow(address) for address in addresses}
    passed = {
        address: places
        for address, places in passed.items()
        if not all(place.startswith("/second-factor/?next=") for place in places)
    }

    assert len(addresses) > 30
    assert passed == {}


def test_somebody_without_a_password_sees_no_key() -> None:
    response = SecureClient().get("/second-factor/", follow=True)

    assert response.redirect_chain[-1][0].startswith("/login/")


def test_five_wrong_codes_lock_the_second_factor_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    phone = Phone(give_password())
    phone.set_up()
    client = give_password(is_new=False)
    for _ in range(tries.LIMIT):
        phone.enter("000000", client)

    locked = phone.enter(phone.show_code(1), client)
    monkeypatch.setattr(tries, "PERIOD", timedelta(0))
    later = phone.enter(phone.show_code(1), client)

    assert "too many wrong codes" in locked.content.decode()
    assert (locked.status_code, later.status_code) == (200, 302)


def test_each_wrong_code_is_a_line_that_an_alarm_counts(caplog: pytest.LogCaptureFixture) -> None:
    phone = Phone(give_password())
    phone.set_up()
    client = give_password(is_new=False)

    for _ in range(tries.LIMIT + 1):
        phone.enter("000000", client)

    lines = [line for line in caplog.messages if line.startswith("Sign-in refused")]
    assert lines == ["Sign-in refused: wrong code of ann"] * tries.LIMIT + [
        "Sign-in refused: too many wrong codes of ann"
    ]


def test_the_right_code_makes_room_for_wrong_ones_again() -> None:
    item = build_operator("ann", "operator")
    item.save()
    claims = [tries.CODES.claim(item) for _ in range(tries.LIMIT + 1)]

    item.update(actions=tries.CODES.forget())

    assert claims == [True] * tries.LIMIT + [False]
    assert tries.CODES.claim(item)


def test_a_second_browser_cannot_set_up_another_key() -> None:
    phone, late = Phone(give_password()), Phone(give_password(is_new=False))
    phone.set_up()

    response = late.enter(late.show_code())

    assert phone.key != late.key
    assert response.status_code == 200


def test_the_table_does_not_hold_the_key_as_text() -> None:
    phone = Phone(give_password())

    phone.set_up()

    stored = OperatorItem.get("ann").factor_key
    assert stored
    assert phone.key not in stored


def test_an_unreadable_key_lets_nobody_in_and_says_why() -> None:
    phone = Phone(give_password())
    phone.set_up()
    OperatorItem("ann").update(actions=[OperatorItem.factor_key.set("of another secret")])
    client = give_password(is_new=False)

    response = phone.enter(phone.show_code(1), client)

    assert "stored key cannot be read" in response.content.decode()
    assert not is_in(client)


def reset(client: Client, name: str) -> Any:
    form = {"reason": "The phone is lost"}
    address = f"/operators/operator/operations/reset-second-factor/?id={name}"
    return client.post(address, form, follow=True)


def test_an_admin_resets_a_lost_phone(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    client = give_password()
    phone = Phone(client)
    phone.set_up()

    reset(admin, "ann")

    was_signed_out = not is_in(client)
    again = give_password(is_new=False)
    new_phone = Phone(again)
    old_code = phone.enter(phone.show_code(1), again).status_code
    new_phone.set_up()
    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Reset second factor"]
    assert (was_signed_out, old_code, is_in(again)) == (True, 200, True)
    assert (entry.operator, entry.target) == ("the-admin", "operators.operator/ann")
    assert entry.reason == "The phone is lost"
    assert entry.detail == "Reset, and signed out everywhere"


@pytest.mark.parametrize("group", ["viewer", "operator"])
def test_only_admins_reset_a_second_factor(sign_in: SignIn, group: str) -> None:
    Phone(give_password(group="admin")).set_up()

    response = reset(sign_in(group), "ann")

    assert response.status_code == 403
    assert OperatorItem.get("ann").factor_key


def test_nobody_resets_their_own_second_factor(admin: Client) -> None:
    response = reset(admin, "the-admin")

    assert "ask another administrator" in response.content.decode()
    assert OperatorItem.get("the-admin").factor_key


def test_the_page_never_leads_to_another_site() -> None:
    client = give_password()
    phone = Phone(client)
    form = {"code": phone.show_code(), "next": "https://evil.example/"}

    response = client.post("/second-factor/", form)

    assert response["Location"] == "/"


def test_only_a_local_portal_does_without_a_second_factor() -> None:
    values = {**env.model_dump(), "second_factor_required": False}

    with pytest.raises(ValidationError, match="for a local portal"):
        Environment(**values)

    assert Environment(**{**values, "portal_url": "http://127.0.0.1:8010"}).host == "127.0.0.1"
