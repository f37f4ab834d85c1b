"""Operators see who uses the service most, and why the photo of a user failed."""

from __future__ import annotations

import html

import pytest
from django.test import Client

from infra.cost.model import Usage, calculate, get_total
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.tasks import refusals
from portal.users import top
from portal.users.top import read_top
from tests.examples import OTHER_OWNER_ID
from tests.portal.examples import create_user, save_task


def read(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_the_user_with_most_waiting_failed_and_refused_pictures_comes_first(
    viewer: Client,
) -> None:
    ann, ben = create_user("ann@example.com"), create_user("ben@example.com")
    for _ in range(2):
        save_task(owner_id=ann, is_done=False)
    save_task(RetriesExhaustedError(), owner_id=ann)
    save_task(owner_id=ann)
    refusals.add(ben, {"payload_too_large": 2}, "payload_too_large")

    first, second = read_top().users
    page = read(viewer, "/users/user/top/")

    assert [user.address for user in (first, second)] == ["ann@example.com", "ben@example.com"]
    assert (first.queued, first.failed, first.refused) == (2, 1, 0)
    assert (second.queued, second.failed, second.refused) == (0, 0, 2)
    assert first.images == 4
    assert first.megapixels == pytest.approx(640 * 480 / 1e6)
    assert page.index("ann@example.com") < page.index("ben@example.com")


def test_a_user_without_an_account_is_listed_by_id(viewer: Client) -> None:
    save_task(owner_id=OTHER_OWNER_ID, is_done=False)

    page = read(viewer, "/users/user/top/")

    assert OTHER_OWNER_ID in page
    assert "account not found" in page


def test_the_look_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(top, "READ_LIMIT", 2)
    monkeypatch.setattr(top, "TASKS_OF_ONE", 1)
    for _ in range(3):
        save_task(owner_id=OTHER_OWNER_ID, is_done=False)

    found = read_top()

    assert not found.is_complete
    assert (found.users[0].queued, found.users[0].images) == (2, 1)


def test_the_page_of_a_user_says_why_uploads_were_refused(viewer: Client) -> None:
    ann = create_user("ann@example.com")
    refusals.add(ann, {"payload_too_large": 3}, "payload_too_large")

    page = read(viewer, f"/users/user/{ann}/change/")

    assert "Refused uploads of the last 7 days" in page
    assert "payload_too_large" in page
    assert "No upload was refused" not in page


def test_the_price_of_an_image_is_that_of_the_cost_model() -> None:
    first, second = (
        get_total(calculate(Usage(users=5000, images=images))) for images in (1_000_000, 2_000_000)
    )

    assert pytest.approx((second - first) / 1_000_000, rel=0.1) == top.USD_PER_IMAGE
