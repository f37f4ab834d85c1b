"""Operators keep filters of the list of tasks under names of their own."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from django.test import Client

from portal.access.items import OperatorItem
from portal.tasks import saved
from tests.portal.examples import save_failed_task

LIST = "/tasks/task/"
SAVE, REMOVE = f"{LIST}save-filter/", f"{LIST}remove-filter/"
FAILED = "status=failed&error_code=retries_exhausted"


def keep(client: Client, name: str, query: str = FAILED) -> str:
    return client.post(f"{SAVE}?{query}", {"name": name}, follow=True).content.decode()


def list_names(name: str = "the-viewer") -> list[str]:
    return sorted(OperatorItem.get(name).filters or {})


def test_a_filter_is_kept_and_leads_to_its_list(viewer: Client) -> None:
    save_failed_task()

    saved_page = keep(viewer, "Ours <1>")
    page = viewer.get(LIST).content.decode()

    assert "Saved: Ours &lt;1&gt;." in saved_page
    assert f'href="?{FAILED.replace("&", "&amp;")}"' in page
    assert "Ours &lt;1&gt;" in page


def test_a_kept_filter_is_that_of_one_operator(
    viewer: Client, sign_in: Callable[..., Client]
) -> None:
    keep(viewer, "Mine")
    other = sign_in("viewer", "another")

    assert "Mine" not in other.get(LIST).content.decode()
    assert list_names("another") == []


def test_a_kept_filter_survives_the_session(viewer: Client, sign_in: Callable[..., Client]) -> None:
    keep(viewer, "Mine")
    viewer.post("/logout/")

    assert list_names() == ["Mine"]


def test_the_same_name_replaces_a_filter(viewer: Client) -> None:
    keep(viewer, "Mine")
    keep(viewer, "Mine", "status=succeeded")

    assert OperatorItem.get("the-viewer").filters == {"Mine": "status=succeeded"}


def test_a_filter_is_removed(viewer: Client) -> None:
    keep(viewer, "Mine")
    keep(viewer, "Other")

    answer = viewer.post(f"{REMOVE}?status=failed", {"name": "Mine"})

    assert answer["Location"] == f"{LIST}?status=failed"
    assert list_names() == ["Other"]


def test_the_place_in_the_list_is_not_kept(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        save_failed_task()
    monkeypatch.setattr("portal.tasks.admin.TaskAdmin.list_per_page", 2)
    page = viewer.get(LIST, {"status": "failed"}).content.decode()
    found = re.search(r'href="([^"]+)" rel="next"', page)
    assert found
    next_link = html.unescape(found[1])

    viewer.post(f"{SAVE}{next_link}", {"name": "Mine"})

    assert OperatorItem.get("the-viewer").filters == {"Mine": "status=failed"}


@pytest.mark.parametrize(("name", "query"), [("", FAILED), ("x" * 41, FAILED), ("Mine", "")])
def test_what_is_no_filter_is_not_kept(viewer: Client, name: str, query: str) -> None:
    assert "Nothing was saved" in keep(viewer, name, query)
    assert list_names() == []


@pytest.mark.parametrize("query", ["bogus=1", "status=nonsense", "created_at_from=bogus"])
def test_an_unreadable_filter_is_refused(viewer: Client, query: str) -> None:
    assert viewer.post(f"{SAVE}?{query}", {"name": "Mine"}).status_code == 400
    assert list_names() == []


def test_an_operator_keeps_a_bounded_number(
    viewer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved, "MOST", 2)
    for name in ("a", "b", "c"):
        keep(viewer, name)

    assert list_names() == ["a", "b"]


@pytest.mark.parametrize("path", [SAVE, REMOVE])
def test_nothing_is_changed_by_a_link(viewer: Client, path: str) -> None:
    assert viewer.get(path).status_code == 405
