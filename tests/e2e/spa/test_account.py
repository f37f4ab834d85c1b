"""Accounts: all actions, and Cognito's errors in plain words."""

from uuid import uuid4

import httpx
from playwright.sync_api import expect

from infra.local.state import Person, State
from tests.e2e.conftest import User, wait_until
from tests.e2e.spa.browser import CODE, DESKTOP, PHONE, RESET_CODE, Visit, find_photo
from tests.e2e.spa.conftest import OpenVisit

PASSWORD = "Correct-horse-1"
OTHER_PASSWORD = "Battery-staple-2"


def test_a_newcomer_signs_up_and_sees_boxes(visit: Visit) -> None:
    page = visit.page
    page.goto("/")

    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("E-mail").fill(f"{uuid4()}@example.com")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("alert")).to_contain_text("This code is wrong")
    page.get_by_role("button", name="Send a new code").click()
    expect(page.get_by_text("A new code is on its way.").first).to_be_visible()
    page.get_by_label("Code").fill(CODE)
    page.get_by_role("button", name="Confirm").click()
    visit.choose(find_photo("dog"))
    visit.wait_for_results(1)

    expect(visit.get_cards().first).to_contain_text("German Shepherd")
    page.get_by_role("link", name="dog.jpg").click()
    expect(page.get_by_role("button", name="1 of 1")).to_be_visible()


def test_a_weak_password_is_refused_before_anything_is_sent(visit: Visit) -> None:
    visit.page.goto("/sign-up")
    visit.page.get_by_label("E-mail").fill("somebody@example.com")
    visit.page.get_by_label("Password", exact=True).fill("short")
    sent = len(visit.requests)

    visit.page.get_by_role("button", name="Create an account").click()

    expect(visit.page.get_by_role("alert")).to_contain_text("too weak")
    assert visit.requests[sent:] == []


def test_an_address_can_have_only_one_account(visit: Visit, user: User) -> None:
    visit.page.goto("/sign-up")
    visit.page.get_by_label("E-mail").fill(user.person.email)
    visit.page.get_by_label("Password", exact=True).fill(PASSWORD)

    visit.page.get_by_role("button", name="Create an account").click()

    expect(visit.page.get_by_role("alert")).to_contain_text(
        "An account with this address already exists"
    )


def test_a_wrong_password_is_reported_and_the_form_is_kept(visit: Visit, user: User) -> None:
    visit.page.goto("/sign-in")

    visit.fill_sign_in(Person(email=user.person.email, password="wrong", group=""))

    expect(visit.page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    expect(visit.page.get_by_label("E-mail")).to_have_value(user.person.email)


def test_a_forgotten_password_can_be_replaced(visit: Visit, newcomer: User) -> None:
    page = visit.page
    page.goto("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    expect(page.get_by_role("heading", name="A new password")).to_be_visible()

    page.get_by_label("E-mail").fill(newcomer.person.email)
    page.get_by_role("button", name="Send the code").click()
    page.get_by_label("Code").fill(RESET_CODE)
    page.get_by_label("New password").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="Set the password").click()

    expect(page.get_by_role("button", name="Choose photos")).to_be_visible()


def test_changing_a_password_needs_the_current_one(at_home: Visit, newcomer: User) -> None:
    page = at_home.page
    page.get_by_role("link", name="Account").click()

    for current in ("wrong", newcomer.person.password):
        page.get_by_label("Current password").fill(current)
        page.get_by_label("New password").fill(OTHER_PASSWORD)
        page.get_by_role("button", name="Change the password").click()
        if current == "wrong":
            expect(page.get_by_role("alert")).to_have_text("The current password is wrong.")

    expect(page.get_by_text("Your password has been changed.")).to_be_visible()


def test_a_choice_for_photos_holds_for_the_whole_account(
    open_visit: OpenVisit, system: State, at_home: Visit, newcomer: User
) -> None:
    at_home.page.goto("/account")
    place = at_home.page.get_by_role("switch", name="Remove place and camera")
    closer = at_home.page.get_by_role("switch", name="Look closer at every photo")
    expect(place).to_be_enabled()
    expect(place).to_be_checked()

    # The switch itself is hidden behind its track. It shows the choice a moment after the click.
    place.click(force=True)
    expect(place).not_to_be_checked()
    closer.click(force=True)
    expect(closer).to_be_checked()
    wait_until(lambda: read_defaults(newcomer) == {"stripMetadata": False, "detail": "fine"})
    for viewport in (PHONE, DESKTOP):
        at_home.page.set_viewport_size(viewport)
        at_home.look_in_both_themes("account")
    photo = find_photo("cat")
    by_program = newcomer.client.recognise(photo)
    elsewhere = open_visit()
    elsewhere.enter(system.client_id, newcomer.tokens)
    elsewhere.choose(photo)
    wait_until(lambda: list_statuses(newcomer) == ["succeeded", "succeeded"])
    elsewhere.page.goto("/account")

    expect(elsewhere.page.get_by_role("switch", name="Remove place")).not_to_be_checked()
    [by_page, first] = newcomer.http.get("/results").json()["results"]
    assert first["taskId"] == by_program["taskId"]
    for task in (by_program, by_page):
        assert (task["image"]["metadata"], task["detail"]) == ("kept", "fine")


def list_statuses(user: User) -> list[str]:
    return [task["status"] for task in user.http.get("/results").json()["results"]]


def read_defaults(user: User) -> object:
    return user.http.get("/account/defaults").json()


def test_a_key_is_made_shown_once_used_and_revoked(at_home: Visit, system: State) -> None:
    page = at_home.page
    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name="Keys and usage").click()
    page.get_by_role("button", name="Make a key").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("shop server")
    dialog.get_by_role("button", name="Make a key").click()
    key = dialog.get_by_label("shop server").input_value()
    dialog.get_by_role("button", name="Done").click()
    token = httpx.post(f"{system.api_url}/token", json={"key": key}, timeout=60)
    page.reload()

    assert (token.status_code, key.startswith("spk_")) == (200, True)
    expect(page.get_by_text("last used")).to_be_visible()
    expect(page.get_by_role("img", name="Photos of each of the last 30 days")).to_be_visible()
    page.get_by_role("button", name="Revoke shop server").click()
    page.get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("You have no keys yet.")).to_be_visible()
    again = httpx.post(f"{system.api_url}/token", json={"key": key}, timeout=60)
    assert (again.status_code, again.json()["code"]) == (401, "wrong_key")


def test_signing_out_everywhere_ends_the_other_window(
    open_visit: OpenVisit, at_home: Visit, newcomer: User
) -> None:
    elsewhere = open_visit()
    elsewhere.sign_in(newcomer.person)

    at_home.page.goto("/account")
    at_home.page.get_by_role("button", name="Sign out everywhere").click()
    expect(at_home.page.get_by_role("heading", name="Welcome back")).to_be_visible()
    let_token_end(elsewhere)
    elsewhere.choose(find_photo("cat"))

    expect(elsewhere.page.get_by_text("Your session has ended.")).to_be_visible()


def test_uploads_continue_after_a_session_has_ended(
    open_visit: OpenVisit, at_home: Visit, newcomer: User
) -> None:
    page = at_home.page
    sign_out_everywhere(open_visit(), newcomer)
    let_token_end(at_home)

    at_home.choose(find_photo("cat"))
    expect(page.get_by_text("Waiting for you to sign in.")).to_be_visible()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("E-mail")).to_have_value(newcomer.person.email)
    expect(dialog.get_by_label("Password", exact=True)).to_be_focused()
    at_home.look("session-ended-light-1440")
    page.keyboard.type(newcomer.person.password)
    dialog.get_by_role("button", name="Sign in").click()
    at_home.wait_for_results(1)

    expect(dialog).to_have_count(0)
    expect(at_home.get_cards().first).to_contain_text("cat")


def test_two_users_do_not_see_each_others_photos(
    open_visit: OpenVisit, at_home: Visit, user: User
) -> None:
    at_home.choose(find_photo("coffee"))
    at_home.wait_for_results(1)
    at_home.get_cards().get_by_role("link").click()
    expect(at_home.page.get_by_role("heading", name="coffee.jpg")).to_be_visible()
    address = at_home.page.url
    other = open_visit()
    other.sign_in(user.person)

    other.page.goto(address)

    expect(other.page.get_by_role("heading", name="This result is gone")).to_be_visible()
    expect(other.page.get_by_text("coffee")).to_have_count(0)


def test_the_next_user_of_the_same_window_starts_empty(at_home: Visit, user: User) -> None:
    at_home.choose(find_photo("coffee"))
    at_home.wait_for_results(1)
    at_home.page.get_by_role("link", name="Account").click()
    at_home.page.get_by_role("button", name="Sign out here").click()
    expect(at_home.page.get_by_role("heading", name="Welcome back")).to_be_visible()

    at_home.fill_sign_in(user.person)
    expect(at_home.page.get_by_label("New password")).to_be_visible()
    at_home.page.get_by_role("link", name="History").click()

    expect(at_home.page.get_by_role("heading", name="History")).to_be_visible()
    expect(at_home.page.get_by_text("espresso")).to_have_count(0)


def test_tabs_share_a_session_and_sign_out_together(at_home: Visit) -> None:
    at_home.page.goto("/history?label=cat")
    second = at_home.context.new_page()

    second.goto("/account")
    expect(second.get_by_role("heading", level=1, name="Account")).to_be_visible()
    second.get_by_role("button", name="Sign out here").click()
    expect(second.get_by_role("heading", name="Welcome back")).to_be_visible()

    expect(at_home.page.get_by_role("heading", name="Welcome back")).to_be_visible()


def sign_out_everywhere(visit: Visit, user: User) -> None:
    """Sign out everywhere, from another device."""
    visit.sign_in(user.person)
    visit.page.goto("/account")
    visit.page.get_by_role("button", name="Sign out everywhere").click()
    expect(visit.page.get_by_role("heading", name="Welcome back")).to_be_visible()


def let_token_end(visit: Visit) -> None:
    """Move the clock, so that the page must refresh its token."""
    visit.page.evaluate(
        """() => {
          for (const key of Object.keys(sessionStorage))
            if (key.endsWith(".clockDrift")) sessionStorage.setItem(key, String(2 * 3600 * 1000));
        }"""
    )
