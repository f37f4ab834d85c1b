"""The history: search, choose, delete, scroll."""

import re

from playwright.sync_api import expect

from tests.e2e.conftest import User, wait_until
from tests.e2e.spa.browser import PHONE, Visit, find_photo
from tests.e2e.spa.conftest import list_names

LATE_MS = 600
"""Browsers forgive what moves within 500 ms of a key or a click."""


def test_history_filters_and_deletes_many(at_home: Visit, newcomer: User) -> None:
    page = at_home.page
    for name in ("dog", "cat", "coffee"):
        newcomer.client.recognise(find_photo(name))
    page.get_by_role("link", name="History").click()
    expect(at_home.get_cards()).to_have_count(3)
    choose_a_day_on_a_slow_line(at_home)

    search = page.get_by_placeholder("Find by label")
    search.fill("anim")
    expect(page.get_by_role("option", name="animal")).to_be_visible()
    expect(at_home.get_cards()).to_have_count(2)
    at_home.look("search-light-1440")
    search.fill("animal")
    expect(at_home.get_cards()).to_have_count(2)
    page.keyboard.press("Escape")
    at_home.get_cards().get_by_role("link").first.click()
    expect(page.get_by_role("heading", name="In this photo")).to_be_visible()
    page.go_back()
    expect(search).to_have_value("animal")
    expect(at_home.get_cards()).to_have_count(2)
    dog = page.get_by_role("checkbox", name="Select dog.jpg")
    before = dog.bounding_box()
    dog.check()
    at_home.look("selected-light-1440")
    assert dog.bounding_box() == before
    page.set_viewport_size(PHONE)
    at_home.look("selected-light-390")
    page.get_by_role("button", name="Select none").click()
    dog.check()
    page.get_by_role("button", name="Select all 2").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("heading", name="No matches")).to_be_visible()
    page.get_by_role("button", name="Show everything").last.click()

    expect(at_home.get_cards()).to_have_count(1)
    page.reload()
    expect(at_home.get_cards()).to_have_count(1)
    wait_until(lambda: list_names(newcomer) == ["coffee.jpg"])


def choose_a_day_on_a_slow_line(visit: Visit) -> None:
    """Choose today and then all days. What moves soon after that does not count, so answer late."""
    page = visit.page
    network = visit.context.new_cdp_session(page)
    speed = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    network.send("Network.emulateNetworkConditions", {**speed, "latency": LATE_MS})
    today = page.evaluate("new Date().toLocaleDateString('en-CA')")
    day = page.get_by_label("Photos up to this day")
    with page.expect_response(re.compile(r"/results\?.*to=")):
        day.fill(today)
    expect(visit.get_cards()).to_have_count(3)
    day.fill("")
    expect(visit.get_cards()).to_have_count(3)
    network.send("Network.emulateNetworkConditions", {**speed, "latency": 0})


def test_scrolling_the_history_loads_more(at_home: Visit, newcomer: User) -> None:
    for number in range(30):
        body = {"contentType": "image/jpeg", "sizeBytes": 1, "fileName": f"{number}.jpg"}
        newcomer.http.post("/upload", json=body).raise_for_status()
    at_home.page.get_by_role("link", name="History").click()
    expect(at_home.get_cards().first).to_be_visible()

    def scroll() -> bool:
        at_home.page.mouse.wheel(0, 20_000)
        return oldest.is_visible()

    oldest = at_home.get_cards().filter(
        has=at_home.page.get_by_role("link", name=re.compile(r"^0\.jpg"))
    )
    wait_until(scroll)  # The first scroll may come too early
    expect(at_home.get_cards().first).to_contain_text("Waiting for the photo")
