"""The page as a whole: every view in both themes, by keyboard, in other languages, its policy."""

import re

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from infra.local.resources.page import read_headers
from infra.local.state import State
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until
from tests.e2e.spa.browser import DESKTOP, PHONE, RESULT_MS, Visit, find_photo, is_for_page
from tests.e2e.spa.conftest import OpenVisit

pytestmark = pytest.mark.slow

FOR_VISITORS = {
    "welcome": "/",
    "sign-in": "/sign-in",
    "sign-up": "/sign-up",
    "forgot-password": "/forgot-password",
}
FOR_USERS = {
    "home": "/",
    "live": "/live",
    "history": "/history",
    "all-doubles": "/history/doubles",
    "api": "/api",
    "account": "/account",
    "exports": "/exports",
    "delete-account": "/account/delete",
    "keys": "/account/keys",
    "webhooks": "/account/webhooks",
    "names": "/names",
    "not-found": "/nowhere",
}
# The page shows a result also as its list has it.
RESULTS = re.compile(r"/results([/?]|$)")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_is_accessible_in_both_themes(
    open_visit: OpenVisit, newcomer: User, viewport: dict[str, int]
) -> None:
    visit = open_visit(viewport=viewport, has_touch=viewport is PHONE)

    for view, path in FOR_VISITORS.items():
        visit.page.goto(path)
        visit.look_in_both_themes(view)
    visit.sign_in(newcomer.person)
    visit.look_in_both_themes("first")
    visit.page.goto("/history")
    visit.look_in_both_themes("empty")
    visit.page.goto("/")
    visit.choose(*(find_photo(photo) for photo in ("palace", "dog", "coffee", "kitten")))
    visit.wait_for_results(4)
    visit.look_in_both_themes("uploaded")
    visit.get_cards().filter(has_text="cup").get_by_role("link").click()
    expect(visit.page.get_by_role("heading", name="In this photo")).to_be_visible()
    visit.look_in_both_themes("result")
    for view, path in FOR_USERS.items():
        visit.page.goto(path)
        visit.look_in_both_themes(view)


def test_nothing_moves_when_results_arrive(at_home: Visit) -> None:
    at_home.choose(find_photo("dog"), find_photo("coffee"))
    expect(at_home.get_cards()).to_have_count(2, timeout=RESULT_MS)
    at_home.page.evaluate("window.shift = 0")

    at_home.wait_for_results(2)
    at_home.page.wait_for_timeout(500)

    assert at_home.page.evaluate("window.shift") < 0.02


def test_everything_can_be_done_by_keyboard(visit: Visit, newcomer: User) -> None:
    page = visit.page
    # Start to listen before the key press, or the opened page may be missed.
    page.on("filechooser", lambda chooser: chooser.set_files(find_photo("dog")))
    page.goto("/sign-in")
    page.get_by_label("E-mail").focus()

    page.keyboard.type(newcomer.person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(newcomer.person.password)
    page.keyboard.press("Enter")
    expect_to_begin_at(visit, "in your photos?")
    tab_to(visit, page.get_by_role("button", name="Choose photos", exact=True))
    page.keyboard.press("Enter")
    visit.wait_for_results(1)
    tab_to(visit, page.get_by_role("link", name="dog.jpg"))
    page.keyboard.press("Enter")
    expect_to_begin_at(visit, "dog.jpg")
    tab_to(visit, page.get_by_role("button", name="dog, "))
    expect(page.locator("li [data-active=true]").first).to_be_visible()
    tab_to(visit, page.get_by_role("button", name="Delete", exact=True), backwards=True)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1, name="History")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(visit.get_cards().get_by_role("link")).to_be_focused()


def test_a_page_that_loads_late_does_not_move_the_focus(
    visit: Visit, system: State, newcomer: User
) -> None:
    page = visit.page

    held: list[Route] = []
    # An idle page asks for the code of other pages by itself, so it is held from the start.
    page.route("**/api-page-*.js", lambda route: held.append(route))
    visit.enter(system.client_id, newcomer.tokens)
    page.get_by_role("link", name="API", exact=True).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    wait_until(lambda: page.title() and held)  # Asking the page also runs the handler
    held[0].continue_()

    expect(page.get_by_role("heading", level=1, name="API")).to_be_visible()
    expect(page.get_by_label("Language")).to_be_focused()


def expect_to_begin_at(visit: Visit, heading: str) -> None:
    """Check that the focus is on the heading of the new page and that Tab continues from it."""
    expect(visit.page.get_by_role("heading", level=1, name=heading)).to_be_focused()


def tab_to(visit: Visit, target: Locator, *, backwards: bool = False) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        visit.page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if target.evaluate_all("nodes => nodes.includes(document.activeElement)"):
            return
    raise AssertionError(f"{target} cannot be reached by keyboard")


def test_a_finished_result_is_announced(at_home: Visit) -> None:
    at_home.choose(find_photo("dog"))

    announced = at_home.page.get_by_role("log").filter(has_text="dog.jpg: ")
    expect(announced).to_contain_text("German Shepherd", timeout=RESULT_MS)


def test_the_language_is_remembered(visit: Visit) -> None:
    page = visit.page
    page.goto("/")

    page.get_by_label("Language").select_option("de")
    expect(page.get_by_role("link", name="Konto anlegen")).to_be_visible()
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sieh, was auf deinen Fotos ist.")
    assert page.evaluate("document.documentElement.lang") == "de"


def test_the_theme_is_remembered_without_a_flash(visit: Visit) -> None:
    page = visit.page
    page.goto("/")
    page.get_by_role("button", name="Use dark colours").click()

    page.goto("/sign-in", wait_until="commit")
    page.wait_for_selector("#root", state="attached")

    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    bars = page.locator("meta[name=theme-color]")
    assert bars.get_attribute("content") == "#121315"
    page.get_by_role("button", name="Use light colours").click()
    expect(bars).to_have_attribute("content", "#f6f3ec")


def test_pages_without_a_network_say_so_and_come_back_by_themselves(at_home: Visit) -> None:
    page = at_home.page
    at_home.choose(find_photo("dog"))
    at_home.wait_for_results(1)
    page.route("**/api-page-*.js", lambda route: route.abort())
    page.reload()  # Code that was loaded earlier would open offline
    expect(at_home.get_cards()).to_have_count(1)
    at_home.context.set_offline(True)

    page.get_by_role("link", name="API", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="No network")).to_be_visible()
    page.unroute("**/api-page-*.js")
    at_home.context.set_offline(False)
    expect(page.get_by_role("heading", level=1, name="API")).to_be_visible()
    expect(page.get_by_text("POST").first).to_be_visible()

    page.get_by_role("link", name="History").click()
    expect(at_home.get_cards()).to_have_count(1)
    page.route(RESULTS, lose_data)
    at_home.get_cards().get_by_role("link").click()
    expect(page.get_by_role("heading", name="In this photo")).to_be_visible()
    page.reload()
    expect(page.get_by_role("alert")).to_contain_text("The network does not answer")
    page.unroute(RESULTS)
    expect(page.get_by_role("heading", name="In this photo")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)

    # The page does not ask again by itself after such an answer.
    page.route(RESULTS, refuse_data)
    page.reload()
    expect(page.get_by_role("alert")).to_be_visible()
    page.unroute(RESULTS)
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("heading", name="In this photo")).to_be_visible()


def lose_data(route: Route) -> None:
    """Let the page load. Its data has no network."""
    if is_for_page(route):
        route.continue_()
    else:
        route.abort()


def refuse_data(route: Route) -> None:
    """Let the page load. The API refuses its data."""
    if is_for_page(route):
        return route.continue_()
    problem = {"code": "validation_error", "detail": "This request is refused."}
    origin = {"Access-Control-Allow-Origin": "*"}
    route.fulfill(status=400, json=problem, headers=origin)


def test_motion_is_reduced_when_asked(open_visit: OpenVisit) -> None:
    visit = open_visit(reduced_motion="reduce")
    visit.page.goto("/")

    box = visit.page.locator("figure span[aria-hidden]").first
    seconds = box.evaluate("(node) => parseFloat(getComputedStyle(node).animationDuration)")

    assert seconds < 0.001


def test_the_content_security_policy_is_strict(system: State) -> None:
    answer = get(system, "/")

    expected = read_headers(system.endpoint)
    del expected["Strict-Transport-Security"]  # Not on http
    assert {name: answer.headers[name] for name in expected} == expected
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_the_policy_blocks_a_foreign_script(browser: Browser, system: State) -> None:
    page = browser.new_page()
    page.goto(system.spa_origin)

    page.evaluate(
        """() => {
          const script = document.createElement("script");
          script.textContent = "window.wasRun = true";
          document.head.append(script);
        }"""
    )

    assert page.evaluate("window.wasRun") is None
    page.close()


def test_every_address_leads_to_the_page(system: State) -> None:
    for path in ("/history", "/results/0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55", "/nowhere/at/all"):
        answer = get(system, path)

        assert answer.status_code == 200
        assert "<title>Spotter</title>" in answer.text


def get(system: State, path: str) -> httpx.Response:
    """Request a path. The host is a header, because not every resolver knows *.localhost."""
    headers = {"Host": system.spa_origin.removeprefix("http://")}
    return httpx.get(system.endpoint + path, headers=headers, timeout=PATIENCE_SECONDS)
