"""Photos of phones in the page: HEIC, which this browser cannot show, and a long history."""

from urllib.parse import urlsplit

from playwright.sync_api import Response, expect

from infra.local.demo.show import find_demo_photos
from infra.local.state import State
from tests.e2e.conftest import User
from tests.e2e.spa.browser import RESULT_MS, Visit
from tests.e2e.spa.test_uploads import build_file
from tests.e2e.test_heic import build_photo

IS_LOADED = "image => image.complete && image.naturalWidth > 0"
ENOUGH = 12
SHARE_OF_A_MEGABYTE = 1_000_000 / 60


def test_a_heic_has_its_labels_and_is_visible(at_home: Visit) -> None:
    page = at_home.page
    at_home.choose(build_file("IMG_1.HEIC", build_photo("HEIF"), "image/heic"))
    at_home.wait_for_results(1)

    card = at_home.get_cards().get_by_role("img", name="IMG_1.HEIC")
    expect(card).to_have_js_property("complete", True, timeout=RESULT_MS)
    assert card.evaluate(IS_LOADED)
    at_home.look("heic-gallery-light-1440")
    at_home.get_cards().get_by_role("link").click()
    photo = page.get_by_role("img", name="IMG_1.HEIC")
    expect(photo).to_be_visible()
    # The thumbnail of the list is shown until the photo is there.
    expect(photo).to_have_js_property("naturalWidth", 800, timeout=RESULT_MS)
    assert photo.evaluate(IS_LOADED)
    at_home.look_in_both_themes("heic-result")

    page.get_by_role("button", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("menuitem", name="Download the photo with boxes").click()
    assert download.value.path().read_bytes().startswith(b"\xff\xd8")


def test_a_history_loads_thumbnails_only(visit: Visit, system: State, newcomer: User) -> None:
    photos = [find_demo_photos()[number % len(find_demo_photos())] for number in range(ENOUGH)]
    for photo in photos:
        newcomer.client.recognise(photo)
    answers: list[Response] = []

    def note(answer: Response) -> None:  # Playwright takes no method of a built-in type
        answers.append(answer)

    visit.page.on("response", note)

    visit.enter(system.client_id, newcomer.tokens, "/history")
    cards = visit.get_cards()
    expect(cards).to_have_count(ENOUGH)
    for number in range(ENOUGH):
        cards.nth(number).scroll_into_view_if_needed()
    visit.page.wait_for_load_state("networkidle")

    pictures = [answer for answer in answers if answer.ok and "/images/" in answer.url]
    sizes = {urlsplit(answer.url).path: len(answer.body()) for answer in pictures}
    assert len(sizes) == ENOUGH
    assert all(path.endswith(".thumbnail") for path in sizes)
    assert sum(sizes.values()) / len(sizes) < SHARE_OF_A_MEGABYTE
