"""Uploads that wait for the network, are stopped, reloaded or expire."""

from typing import Any

from playwright.sync_api import expect

from tests.e2e.conftest import User, wait_until
from tests.e2e.spa.browser import Visit, find_photo


def test_uploads_wait_for_the_network_and_continue(at_home: Visit) -> None:
    at_home.context.set_offline(True)

    at_home.choose(find_photo("dog"), find_photo("cat"))
    expect(at_home.page.get_by_text("Waiting for the network.")).to_have_count(2)
    at_home.context.set_offline(False)
    at_home.wait_for_results(2)


def test_a_stopped_upload_leaves_nothing_behind(at_home: Visit, newcomer: User) -> None:
    # The form is issued, but the storage never answers.
    at_home.page.route("**/spotter-local-images*", lambda route: None)
    at_home.choose(find_photo("dog"))

    at_home.page.get_by_role("button", name="Stop sending dog.jpg").click()

    expect(at_home.page.get_by_role("article")).to_have_count(0)
    expect(at_home.page.get_by_role("heading", name="in your photos?")).to_be_visible()
    wait_until(lambda: newcomer.http.get("/results").json()["results"] == [])


def test_uploads_continue_after_a_reload(at_home: Visit, newcomer: User) -> None:
    page = at_home.page
    page.route("**/spotter-local-images*", lambda route: None)
    at_home.choose(find_photo("dog"), find_photo("cat"))
    expect(page.get_by_role("button", name="Stop sending")).to_have_count(2)
    wait_until(lambda: len(newcomer.http.get("/results").json()["results"]) == 2)

    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()

    expect(page.get_by_role("button", name="Stop sending")).to_have_count(2)
    page.unroute("**/spotter-local-images*")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()

    def list_statuses() -> list[str]:
        return [task["status"] for task in newcomer.http.get("/results").json()["results"]]

    wait_until(lambda: list_statuses() == ["succeeded", "succeeded"])


def test_an_expired_form_is_renewed(at_home: Visit, newcomer: User) -> None:
    refusals: list[str] = []

    def expire_once(route: Any) -> None:
        if refusals:
            route.continue_()
            return
        refusals.append(route.request.url)
        xml = "<Error><Code>AccessDenied</Code><Message>Policy expired.</Message></Error>"
        route.fulfill(status=403, body=xml, headers={"Access-Control-Allow-Origin": "*"})

    at_home.page.route("**/spotter-local-images", expire_once)
    at_home.choose(find_photo("dog"))
    at_home.wait_for_results(1)

    assert len(refusals) == 1
    assert sum(request.endswith("/upload") for request in at_home.requests) >= 2
    assert len(newcomer.http.get("/results").json()["results"]) == 1
