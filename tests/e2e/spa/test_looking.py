"""One visit of somebody: samples, history, an export, viewer, names, no network."""

from playwright.sync_api import expect

from infra.local.state import State
from tests.e2e.conftest import User
from tests.e2e.spa.browser import DESKTOP, PHONE, Visit, find_photo
from tests.e2e.spa.conftest import OpenVisit


def test_somebody_looks_through_photos(
    open_visit: OpenVisit, system: State, newcomer: User
) -> None:
    visit = open_visit(service_workers="allow", has_touch=True)
    page = visit.page
    visit.enter(system.client_id, newcomer.tokens)
    page.get_by_role("button", name="Send a cup of coffee").click()
    visit.wait_for_results(1)
    visit.look_in_both_themes("sample")
    for name in ("palace", "dog", "cat"):
        newcomer.client.recognise(find_photo(name))

    page.get_by_role("link", name="History").click()
    expect(visit.get_cards()).to_have_count(4)
    page.get_by_role("checkbox", name="Select cat.jpg").check()
    page.get_by_role("checkbox", name="Select palace.jpg").click(modifiers=["Shift"])
    expect(page.get_by_text("3 selected")).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        visit.look_in_both_themes("selected-range")
    page.set_viewport_size(DESKTOP)
    take_away_what_is_selected(visit)
    page.get_by_role("link", name="History").click()

    page.get_by_role("link", name="cat.jpg").click()
    expect(page.get_by_role("heading", level=1, name="cat.jpg")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1, name="dog.jpg")).to_be_visible()
    see_in_the_viewer(visit)
    expect(page.get_by_role("heading", level=1, name="palace.jpg")).to_be_visible()

    page.goto("/names")
    page.get_by_role("searchbox").fill("shepherd")
    expect(page.get_by_text("German Shepherd", exact=True)).to_be_visible()
    visit.look_in_both_themes("names")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visit.context.set_offline(True)
    page.goto("/names")
    expect(page.get_by_role("heading", level=1, name="What Spotter can name")).to_be_visible()


def take_away_what_is_selected(visit: Visit) -> None:
    """Begin an export, go on looking, and follow the message that the file is ready."""
    page = visit.page
    page.get_by_role("group", name="Selected photos").get_by_role("link", name="Export").click()
    page.get_by_role("radio", name="Table").check()
    page.get_by_role("button", name="Write the file").click()
    page.get_by_role("link", name="History").click()
    message = page.get_by_role("alert").filter(has_text="Your file is ready: Table")
    message.get_by_role("link", name="Show it").click()
    expect(page.get_by_text("3 photos, ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download: Table").click()
    assert download.value.suggested_filename.endswith(".csv")


def see_in_the_viewer(visit: Visit) -> None:
    """Zoom in and go on to the next photo, by keyboard."""
    page = visit.page
    page.get_by_role("button", name="Enlarge").click()
    viewer = page.get_by_role("dialog", name="Viewer")
    photo = viewer.get_by_role("img", name="dog.jpg")
    expect(photo).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        visit.look_in_both_themes("viewer")
    page.set_viewport_size(DESKTOP)
    before = photo.bounding_box()
    page.keyboard.press("+")
    page.wait_for_function(
        "([photo, width]) => photo.getBoundingClientRect().width > width",
        arg=[photo.element_handle(), (before or {"width": 0})["width"]],
    )
    page.keyboard.press("-")
    page.keyboard.press("ArrowRight")
    expect(viewer.get_by_role("img", name="palace.jpg")).to_be_in_viewport()
    page.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
