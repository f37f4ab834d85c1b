"""The page Live: a camera that Chromium plays from a film of demo photos."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from infra.local.state import State
from tests.e2e.conftest import User, wait_until
from tests.e2e.portal.conftest import enter, submit
from tests.e2e.spa.browser import DESKTOP, PHONE, RESULT_MS, Visit, find_photo, running_browser
from tests.e2e.spa.film import write_film

pytestmark = pytest.mark.slow

HAS_BOX = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, i) => i % 4 === 3 && value > 0);
}"""
"""Whether something is drawn on the canvas over the video."""


@pytest.fixture(scope="module")
def with_camera(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser whose camera sees a dog, and then a cup of coffee, again and again."""
    film = tmp_path_factory.mktemp("film") / "camera.mjpeg"
    write_film(film, [find_photo("dog"), find_photo("coffee")], seconds=6)
    options = ("--use-fake-device-for-media-stream", f"--use-file-for-fake-video-capture={film}")
    with running_browser(browser.browser_type, *options, with_devices=True) as started:
        yield started


@pytest.fixture
def open_live(
    with_camera: Browser, system: State, newcomer: User
) -> Iterator[Callable[..., Visit]]:
    """Opens the page Live. After the test no window may have recorded a problem."""
    visits: list[Visit] = []

    def open_window(**options: object) -> Visit:
        visit = Visit(with_camera, system.spa_origin, {system.endpoint}, **options)
        visits.append(visit)
        visit.enter(system.client_id, newcomer.tokens, "/live")
        return visit

    yield open_window
    for visit in visits:
        visit.context.close()
    assert [trouble for visit in visits for trouble in visit.troubles] == []


def test_a_camera_is_recognised_while_it_is_watched(
    open_live: Callable[..., Visit], newcomer: User
) -> None:
    visit = open_live()
    page = visit.page
    start = page.get_by_role("button", name="Start the camera")
    expect(page.get_by_text("The camera is off.")).to_be_visible()
    start.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("allow the camera")
    visit.look_in_both_themes("live-refused")

    visit.context.grant_permissions(["camera"])
    start.press("Enter")
    expect_name(page, "dog")
    expect_box(page)
    expect_name(page, "cup")
    expect(page.get_by_text("frames a second")).to_be_visible()
    expect(page.get_by_role("log")).to_contain_text("In view:")
    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        visit.look_in_both_themes("live-on")
    streams = newcomer.http.get("/streams").json()["streams"]
    assert [stream["name"] for stream in streams] == ["Web page"]

    page.get_by_role("button", name="Keep this moment").click()
    page.get_by_role("link", name="Show it in the history").click(timeout=RESULT_MS)

    visit.wait_for_results(1)
    [task] = newcomer.http.get("/results").json()["results"]
    assert (task["image"]["width"], task["image"]["height"]) == (640, 480)
    # Leaving the page has stopped the camera.
    wait_until(lambda: newcomer.http.get("/streams").json()["streams"] == [])


def test_an_operator_stops_a_camera(
    open_live: Callable[..., Visit], system: State, with_camera: Browser, newcomer: User
) -> None:
    visit = open_live(permissions=["camera"])
    visit.page.get_by_role("button", name="Start the camera").click()
    expect_name(visit.page, "dog")
    context = with_camera.new_context(base_url=system.portal_url)
    portal = context.new_page()
    enter(portal, next(person for person in system.people if person.group == "operator"))

    portal.goto("/streams/stream/")
    row = portal.get_by_role("row").filter(has_text=newcomer.person.email)
    row.get_by_role("link", name="Web page").click()
    portal.get_by_role("link", name="Stop").click()
    portal.get_by_label("Reason").fill("A test")
    submit(portal, portal.get_by_role("button", name="Stop"))

    expect(portal.get_by_text("Stopped: Web page")).to_be_visible()
    alert = visit.page.get_by_role("alert")
    expect(alert).to_contain_text("stopped by the operators", timeout=RESULT_MS)
    context.close()


def expect_name(page: Page, name: str) -> None:
    """Wait until a name is in the list of what is in view."""
    expect(find_names(page).filter(has_text=name).first).to_be_visible(timeout=RESULT_MS)


def find_names(page: Page) -> Locator:
    return page.get_by_role("listitem").filter(has_text="%")


def expect_box(page: Page) -> None:
    """Wait until a box is drawn over the video."""
    canvas = page.locator("canvas").element_handle()
    page.wait_for_function(HAS_BOX, arg=canvas, timeout=RESULT_MS)
