"""Uploads: many photos, wrong files, duplicates, large photos, drop and paste."""

import base64
import io
import random
import re
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect

from infra.local.demo.show import find_demo_photos
from tests.e2e.conftest import User, wait_until
from tests.e2e.spa.browser import DESKTOP, PHONE, RESULT_MS, Visit, find_photo
from tests.e2e.spa.conftest import OpenVisit


def build_file(name: str, content: bytes, kind: str = "image/jpeg") -> dict[str, Any]:
    """A file as the file dialog gives it."""
    return {"name": name, "mimeType": kind, "buffer": content}


def test_ten_photos_have_their_labels_within_seconds(at_home: Visit, tmp_path: Path) -> None:
    photos = [*find_demo_photos(), *mirror(find_demo_photos()[:2], tmp_path)]

    at_home.choose(*photos)
    at_home.wait_for_results(10)

    expect(at_home.page.get_by_text("Nothing recognised")).to_have_count(0)


def test_a_hint_brings_the_result_and_without_a_socket_the_page_asks(at_home: Visit) -> None:
    socket_closed = "() => window.sockets.every((it) => it.readyState === WebSocket.CLOSED)"
    at_home.page.add_init_script(KEEP_SOCKETS)
    at_home.page.reload()
    at_home.requests.clear()

    at_home.choose(find_photo("dog"))
    at_home.wait_for_results(1)

    assert at_home.page.evaluate("window.sockets.length") == 1
    asked = [it for it in at_home.requests if it.startswith("GET") and "/results/" in it]
    # One. More only if the picture takes longer than the page waits for a hint.
    assert len(asked) <= 3

    at_home.page.route("**/live/tickets", lambda route: route.abort())
    at_home.page.evaluate("window.sockets.forEach((it) => it.close())")
    at_home.page.wait_for_function(socket_closed)
    at_home.choose(find_photo("cat"))
    at_home.wait_for_results(2)

    assert at_home.page.evaluate("window.sockets.length") == 1


KEEP_SOCKETS = """
window.sockets = [];
window.WebSocket = class extends WebSocket {
  constructor(...options) {
    super(...options);
    window.sockets.push(this);
  }
};
"""
"""Let a test see the page's sockets and cut them."""


def test_wrong_files_are_refused_with_a_reason_and_never_sent(at_home: Visit) -> None:
    whole = find_photo("dog").read_bytes()

    at_home.choose(
        build_file("text.jpg", b"I am no photo"),
        build_file("empty.jpg", b""),
        build_file("header.jpg", whole[:4]),
        build_file("moving.gif", b"GIF89a" + bytes(50), "image/gif"),
        build_file("huge.jpg", whole[:4] + bytes(20 * 1024 * 1024)),
    )

    files = at_home.page.get_by_role("alert").get_by_role("listitem")
    expect(files).to_have_count(5)
    at_home.look("refused-light-1440")
    for reason in ("not a JPEG", "is empty", "damaged", "larger than 20 MB"):
        expect(files.filter(has_text=reason).first).to_be_visible()
    assert not any(request.endswith("/upload") for request in at_home.requests)


def test_a_damaged_photo_fails_in_words_and_offers_another(at_home: Visit) -> None:
    whole = find_photo("dog").read_bytes()

    at_home.choose(build_file("half.jpg", whole[: len(whole) // 2]))
    at_home.wait_for_results(1)
    at_home.get_cards().get_by_role("link").click()

    page = at_home.page
    expect(page.get_by_role("alert")).to_contain_text("damaged or incomplete")
    at_home.look("failed-light-1440")
    expect(page.get_by_role("link", name="Send another photo")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)


def test_a_duplicate_photo_is_noticed_and_removed(at_home: Visit, newcomer: User) -> None:
    at_home.choose(find_photo("cat"))
    at_home.wait_for_results(1)

    at_home.choose(build_file("other-name.jpg", find_photo("cat").read_bytes()))
    expect(at_home.page.get_by_text("You have already added this photo.")).to_be_visible()
    at_home.page.get_by_role("button", name="Send it anyway").click()
    at_home.wait_for_results(2)

    page = at_home.page
    page.get_by_role("button", name="You have this already").click(timeout=RESULT_MS)
    expect(page.get_by_role("menuitem", name="Remove this one")).to_be_visible()
    at_home.look_in_both_themes("double")
    page.get_by_role("menuitem", name="Open the other one").click()
    expect(page.get_by_role("heading", name="cat.jpg")).to_be_visible()
    page.goto("/history")
    page.get_by_role("link", name="Doubles").click()
    expect(page.get_by_role("radio", name="Keep cat.jpg")).to_be_checked()
    at_home.look_in_both_themes("doubles")
    page.set_viewport_size(PHONE)
    at_home.look_in_both_themes("doubles")
    page.get_by_role("button", name="Keep this one, remove the other").click()
    expect(page.get_by_role("heading", name="You have no photo twice.")).to_be_visible()
    page.reload()  # Until then the deletion can be undone
    wait_until(lambda: len(newcomer.http.get("/results").json()["results"]) == 1)


def test_a_photo_that_another_program_shares_is_sent_after_the_sign_in(
    open_visit: OpenVisit, newcomer: User
) -> None:
    visit = open_visit(service_workers="allow")
    page = visit.page
    page.goto("/")
    page.wait_for_function("() => navigator.serviceWorker.controller")

    # As the system's share sheet does, which is no form of the page.
    address = page.evaluate(SHARE, base64.b64encode(find_photo("cat").read_bytes()).decode())
    page.goto(address)
    visit.fill_sign_in(newcomer.person)

    visit.wait_for_results(1)
    expect(page.get_by_role("article")).to_contain_text("cat")


SHARE = """async (photo) => {
  const form = new FormData();
  const bytes = Uint8Array.from(atob(photo), (it) => it.charCodeAt(0));
  form.append("photos", new File([bytes], "cat.jpg", { type: "image/jpeg" }));
  return (await fetch("/share", { method: "POST", body: form })).url;
}"""


def test_a_photo_sent_before_a_reload_links_to_its_result(at_home: Visit) -> None:
    page = at_home.page
    at_home.choose(find_photo("cat"))
    at_home.wait_for_results(1)
    page.reload()

    at_home.choose(build_file("other-name.jpg", find_photo("cat").read_bytes()))
    expect(page.get_by_text("You have already added this photo.")).to_be_visible()
    at_home.look("duplicate-light-1440")
    page.get_by_role("link", name="Show its result").click()

    expect(page.get_by_role("heading", name="cat.jpg")).to_be_visible()


def test_a_large_photo_is_shrunk_unless_the_user_disables_it(
    at_home: Visit, newcomer: User
) -> None:
    content = build_noise(3000, 2000)

    at_home.choose(build_file("large.jpg", content))
    at_home.wait_for_results(1)
    at_home.page.get_by_role("switch", name="Shrink large photos before sending").uncheck()
    at_home.choose(build_file("whole.jpg", content + b"\0"))
    at_home.wait_for_results(2)

    tasks = {task["fileName"]: task for task in newcomer.http.get("/results").json()["results"]}
    assert tasks["large.jpg"]["image"]["width"] == 2048
    assert tasks["large.jpg"]["sizeBytes"] < len(content)
    assert tasks["whole.jpg"]["image"]["width"] == 3000


def test_text_and_colours_are_told_on_request_and_a_closer_look_is_one_click(
    at_home: Visit, newcomer: User
) -> None:
    page = at_home.page
    at_home.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("switch", name="Also read text").check()
    page.get_by_role("switch", name="Also tell colours and quality").check()
    at_home.look("switches-1440")
    at_home.choose(build_file("coffee.jpg", write_on(find_photo("coffee"), "Fresh coffee", "3.50")))
    at_home.wait_for_results(1)
    page.get_by_role("link", name="coffee.jpg").first.click()

    lines = page.get_by_role("list", name="Lines of text").get_by_role("listitem")
    expect(lines).to_have_text(["Fresh coffee", "3.50"])
    page.get_by_role("button", name="Copy", exact=True).click()
    copied = wait_until(lambda: page.evaluate("navigator.clipboard.readText()"))
    assert copied == "Fresh coffee\n3.50"
    lines.first.hover()
    expect(page.locator("svg [data-active]")).to_have_count(1)
    colours = page.get_by_role("list", name="Main colours")
    expect(colours.get_by_text("brown").first).to_be_visible()
    expect(page.get_by_text("Sharpness")).to_be_visible()
    at_home.look_in_both_themes("text")
    page.set_viewport_size(PHONE)
    at_home.look_in_both_themes("text")
    page.get_by_role("button", name="Recognise again").click()
    page.get_by_role("menuitem", name="Look closer").click()
    expect(page.get_by_role("heading", name="What changed since version 1")).to_be_visible()
    at_home.look_in_both_themes("versions")
    page.set_viewport_size(DESKTOP)
    at_home.look_in_both_themes("versions")
    page.get_by_label("Version").select_option("1")
    expect(page.get_by_role("button", name=re.compile("^Correct"))).to_have_count(0)

    words = {"text": "fresh 3.50", "label": "drink"}
    [task] = wait_until(lambda: newcomer.http.get("/results", params=words).json()["results"])
    newest, first = newcomer.http.get(f"/results/{task['taskId']}/versions").json()["versions"]
    assert (task["version"], task["detail"]) == (2, "fine")
    assert (newest["detail"], first["detail"]) == ("fine", "fast")
    assert newest["features"] == first["features"] == ["labels", "text", "properties"]


def test_photos_can_be_dropped_anywhere_and_pasted(at_home: Visit) -> None:
    page = at_home.page
    page.get_by_role("link", name="History").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()
    transfer = hold_file(at_home, find_photo("dog"), "DataTransfer")

    def drag() -> bool:
        page.dispatch_event("main", "dragenter", {"dataTransfer": transfer})
        return page.get_by_text("Drop the photos here").is_visible()

    wait_until(drag)  # The drop target is loaded after the page
    frame = page.get_by_text("Drop the photos here").locator("..").bounding_box()
    assert frame
    assert frame["height"] > 0.9 * DESKTOP["height"]
    page.dispatch_event(":text('Drop the photos here')", "drop", {"dataTransfer": transfer})
    at_home.wait_for_results(1)
    content = find_photo("cat").read_bytes()
    page.evaluate(
        """(content) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const data = new DataTransfer();
          data.items.add(new File([bytes], "pasted.jpg", { type: "image/jpeg" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data }));
        }""",
        base64.b64encode(content).decode(),
    )
    at_home.wait_for_results(2)


def write_on(photo: Path, *lines: str) -> bytes:
    """The photo with lines of text on a plate."""
    with Image.open(photo) as opened:
        picture = opened.convert("RGB")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((10, 10, 300, 60 * len(lines)), fill="white")
    for place, line in enumerate(lines):
        font = ImageFont.load_default(36)
        draw.text((20, 12 + 55 * place), line, fill="black", font=font)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=92)
    return file.getvalue()


def hold_file(visit: Visit, photo: Path, kind: str) -> Any:
    """A drag event with a file."""
    return visit.page.evaluate_handle(
        """([content, name, kind]) => {
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          const data = new window[kind]();
          data.items.add(new File([bytes], name, { type: "image/jpeg" }));
          return data;
        }""",
        [base64.b64encode(photo.read_bytes()).decode(), photo.name, kind],
    )


def mirror(photos: list[Path], folder: Path) -> list[Path]:
    """The same pictures mirrored: different files with the same labels."""
    mirrored = [folder / f"mirrored-{photo.stem}.jpg" for photo in photos]
    for photo, copy in zip(photos, mirrored, strict=True):
        with Image.open(photo) as picture:
            flipped = picture.convert("RGB").transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        flipped.save(copy, quality=95)
    return mirrored


def build_noise(width: int, height: int) -> bytes:
    """A photo that does not compress, like one of a good camera."""
    noise = Image.frombytes("RGB", (width, height), random.Random(7).randbytes(width * height * 3))
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=60)
    return file.getvalue()
