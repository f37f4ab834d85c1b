"""The result page."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import Json
from infra.local.state import State
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until
from tests.e2e.spa.browser import DESKTOP, PHONE, RESULT_MS, Visit, find_photo, is_for_page
from tests.e2e.spa.conftest import list_names

pytestmark = pytest.mark.slow

MAT_PX = 24  # Around a photo on a wide screen. Less on a phone


@pytest.fixture(scope="module")
def dog(user: User) -> Json:
    """A task that tests must not change."""
    return user.client.recognise(find_photo("dog"))


@pytest.fixture
def on_result(visit: Visit, system: State, user: User, dog: Json) -> Visit:
    """A window with the result of the dog."""
    visit.enter(system.client_id, user.tokens, f"/results/{dog['taskId']}")
    expect(visit.page.get_by_role("heading", name="In this photo")).to_be_visible()
    return visit


@pytest.fixture
def on_own_result(visit: Visit, system: State, newcomer: User) -> Visit:
    """A window with a newcomer's only result, which tests may change."""
    task = newcomer.client.recognise(find_photo("dog"))
    visit.enter(system.client_id, newcomer.tokens, f"/results/{task['taskId']}")
    expect(visit.page.get_by_role("heading", name="In this photo")).to_be_visible()
    return visit


def test_labels_and_boxes_highlight_each_other(on_result: Visit) -> None:
    page = on_result.page
    box = page.get_by_role("button", name="1 of 1")
    label = page.get_by_role("listitem").get_by_role("button", name="dog").first

    label.hover()
    expect(box).to_have_attribute("data-active", "true")
    page.mouse.move(2, 2)
    expect(box).not_to_have_attribute("data-active", "true")
    box.hover()
    expect(label).to_have_attribute("data-active", "true")


def test_the_box_is_where_the_api_says(on_result: Visit, dog: Json) -> None:
    (boxed,) = [label for label in dog["labels"] if label["instances"]]
    expected = boxed["instances"][0]["boundingBox"]

    image = on_result.page.get_by_role("img", name="dog.jpg")
    button = on_result.page.get_by_role("button", name="1 of 1")
    # Wait for the image, and for the animation of the box, which starts larger.
    image.evaluate("node => node.decode()")
    button.evaluate("node => Promise.all(node.getAnimations().map((it) => it.finished))")
    picture, box = image.bounding_box(), button.bounding_box()

    assert picture
    assert box
    assert (box["x"] - picture["x"]) / picture["width"] == pytest.approx(expected["left"], abs=0.01)
    assert (box["y"] - picture["y"]) / picture["height"] == pytest.approx(expected["top"], abs=0.01)
    assert box["width"] / picture["width"] == pytest.approx(expected["width"], abs=0.01)
    assert box["height"] / picture["height"] == pytest.approx(expected["height"], abs=0.01)


def test_a_wrong_label_is_corrected_by_keyboard(on_own_result: Visit) -> None:
    page = on_own_result.page
    page.get_by_role("button", name="Correct dog", exact=True).press("Enter")
    on_own_result.look_in_both_themes("correct")
    page.keyboard.type("wol")
    page.get_by_role("option", name="wolf", exact=True).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    corrected = page.get_by_role("region", name="Corrected by you")
    expect(corrected.get_by_text("wolf instead of dog")).to_be_visible()
    expect(page.get_by_role("heading", name="Corrected by you")).to_be_focused()

    page.reload()

    expect(page.get_by_text("Spotter found: dog")).to_be_visible()
    corrected.get_by_role("button", name="No", exact=True).click()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        on_own_result.look_in_both_themes("corrected")
    corrected.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Correct dog", exact=True)).to_be_visible()
    expect(corrected).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(760, 240), (240, 760)], ids=["wide", "tall"])
def test_a_photo_of_any_shape_fills_its_frame_and_fits_the_screen(
    at_home: Visit, newcomer: User, tmp_path: Path, width: int, height: int
) -> None:
    path = tmp_path / "strip.png"
    Image.new("RGB", (width, height), "teal").save(path)
    task_id = newcomer.client.recognise(path)["taskId"]
    page = at_home.page

    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        page.goto(f"/results/{task_id}")
        photo = page.get_by_role("img", name="strip.png")
        expect(photo).to_have_js_property("complete", True)
        figure = page.get_by_role("figure")
        inner, frame = photo.bounding_box(), figure.bounding_box()
        tools = figure.locator("> :last-child").bounding_box()

        assert inner
        assert frame
        assert tools
        assert inner["width"] / inner["height"] == pytest.approx(width / height, rel=0.02)
        assert inner["y"] - frame["y"] <= MAT_PX
        assert 0 <= tools["y"] - inner["y"] - inner["height"] <= MAT_PX
        assert frame["y"] + frame["height"] - tools["y"] - tools["height"] <= MAT_PX
        assert frame["y"] + frame["height"] <= viewport["height"]


def test_a_crowd_leaves_the_photo_visible_and_fits_a_phone(on_result: Visit, dog: Json) -> None:
    page = on_result.page

    def crowd(route: Route) -> None:
        if is_for_page(route):
            return route.continue_()
        answer = route.fetch()
        route.fulfill(response=answer, json=build_crowd(answer.json()))

    page.route(f"**/results/{dog['taskId']}", crowd)
    boxes = page.get_by_role("toolbar", name="Boxes in the photo").get_by_role("button")

    for viewport in (DESKTOP, PHONE):
        page.set_viewport_size(viewport)
        page.reload()
        expect(boxes).to_have_count(12)
        expect(page.get_by_role("list", name="Each person").get_by_role("listitem")).to_have_count(
            12
        )
        on_result.look_in_both_themes("crowd")
        boxes.first.focus()
        for _ in range(3):
            page.keyboard.press("ArrowRight")
            name = page.locator(":focus").get_by_text("person")
            expect(name).to_be_visible()
            place = name.bounding_box()
            assert place
            assert place["x"] + place["width"] <= viewport["width"]
        page.get_by_role("button", name="Export").click()
        expect(page.get_by_role("menuitem").first).to_be_focused()
        on_result.look(f"export-{viewport['width']}")
        page.keyboard.press("Escape")


def build_crowd(task: Json) -> Json:
    """The same result with twelve persons, the last ones at the right edge."""
    [person] = [label for label in task["labels"] if label["instances"]]
    boxes = [{"left": place / 12, "top": 0.4, "width": 0.08, "height": 0.3} for place in range(12)]
    instances = [{"confidence": 90.0, "boundingBox": box} for box in boxes]
    return {**task, "labels": [{**person, "name": "person", "instances": instances}]}


def test_the_slider_hides_labels_with_less_confidence(on_result: Visit) -> None:
    page = on_result.page
    labels = page.get_by_role("listitem").filter(has_text="%")
    expect(labels).to_have_count(2)

    page.get_by_role("slider").focus()
    page.keyboard.press("End")

    expect(labels).to_have_count(0)
    expect(page.get_by_role("button", name="1 of 1")).to_have_count(0)


SIZE_OF_COPIED_PICTURE = """async () => {
  const [item] = await navigator.clipboard.read();
  if (!item.types.includes("image/png")) return null;
  const picture = await createImageBitmap(await item.getType("image/png"));
  return [picture.width, picture.height];
}"""


def test_a_result_can_be_exported(on_result: Visit, dog: Json) -> None:
    page = on_result.page
    on_result.context.grant_permissions(["clipboard-read", "clipboard-write"])

    assert json.loads(copy(on_result, "Copy as JSON"))["taskId"] == dog["taskId"]
    assert f"/results/{dog['taskId']}" in copy(on_result, "Copy as curl, with your token")
    assert re.search(r"^German Shepherd \d+%$", copy(on_result, "Copy labels as text"), re.M)
    choose_export(on_result, "Copy the photo with boxes")
    width, height = wait_until(lambda: page.evaluate(SIZE_OF_COPIED_PICTURE))
    photo = dog["image"]
    assert width / height == pytest.approx(photo["width"] / photo["height"], abs=0.01)
    with page.expect_download() as download:
        choose_export(on_result, "Download the photo with boxes")
    assert download.value.suggested_filename == "dog-spotter.jpg"
    assert download.value.path().stat().st_size > 20_000


def test_the_api_page_gives_commands_that_work(on_result: Visit) -> None:
    page = on_result.page
    on_result.context.grant_permissions(["clipboard-read", "clipboard-write"])
    task_id = page.url.rsplit("/", 1)[-1]
    page.get_by_role("link", name="API").click()

    section = page.locator("#getResult")
    expect(section.get_by_text(task_id)).to_be_visible()
    section.get_by_role("button", name="Copy with my token").click()
    expect(page.get_by_text("The command contains your token")).to_be_visible()
    text: str = page.evaluate("navigator.clipboard.readText()")
    command = shlex.split(text.replace("\\\n", " "))

    assert command[:3] == ["curl", "-X", "GET"]
    name, value = command[5].split(": ", 1)
    assert (
        httpx.get(command[3], headers={name: value}, timeout=PATIENCE_SECONDS).json()["taskId"]
        == task_id
    )
    assert "eyJ" not in page.content()


def test_a_photo_that_waits_is_cancelled_by_keyboard_and_retried(
    on_own_result: Visit, root: Clients
) -> None:
    page = on_own_result.page
    make_wait(root, page.url.rsplit("/", 1)[-1])
    page.reload()

    expect(page.get_by_text("The photo has arrived. Next in the queue.")).to_be_visible()
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        on_own_result.look_in_both_themes("waiting")
    page.get_by_role("button", name="Cancel").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("alert")).to_contain_text("You cancelled this photo")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("button", name="Try again").click()
    labels = page.get_by_role("heading", name="In this photo")
    expect(labels).to_be_visible(timeout=RESULT_MS)


def test_a_deletion_can_be_undone_for_some_seconds(on_own_result: Visit, newcomer: User) -> None:
    page = on_own_result.page

    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    page.get_by_role("button", name="Undo").hover()  # The notice stays while the pointer is on it
    on_own_result.look("deleted-light-1440")
    page.get_by_role("button", name="Undo").click()
    expect(on_own_result.get_cards()).to_have_count(1)
    assert list_names(newcomer) == ["dog.jpg"]

    on_own_result.get_cards().hover()
    page.get_by_role("button", name="Delete dog.jpg").click()
    expect(on_own_result.get_cards()).to_have_count(0)
    page.reload()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    wait_until(lambda: list_names(newcomer) == [])


def copy(visit: Visit, name: str) -> str:
    visit.page.evaluate("navigator.clipboard.writeText('')")
    choose_export(visit, name)
    expect(visit.page.get_by_text("Copied").first).to_be_visible()
    text: str = wait_until(lambda: visit.page.evaluate("navigator.clipboard.readText()"))
    return text


def choose_export(visit: Visit, name: str) -> None:
    visit.page.get_by_role("button", name="Export").click()
    visit.page.get_by_role("menuitem", name=name).click()


def make_wait(root: Clients, task_id: str) -> None:
    """Store a task as it is while its message waits. It has no message, so no worker takes it.

    The task is stored anew: a stored success would be restored, because it is final.
    """
    key: Any = {"task_id": {"S": task_id}}
    item = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
    root.dynamodb.delete_item(TableName=names.TASKS_TABLE, Key=key)
    waiting: Any = {
        name: value for name, value in item.items() if name not in ("labels", "finished_at")
    }
    waiting["status"] = {"S": "queued"}
    root.dynamodb.put_item(TableName=names.TASKS_TABLE, Item=waiting)
