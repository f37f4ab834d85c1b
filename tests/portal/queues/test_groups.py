"""Dead letters are grouped by the error of their last delivery."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from django.test import Client

from pipeline.core.tasks.record import Task
from portal.actions.items import RunItem
from tests.portal.examples import finish_run, save_dead_task, send_letter

LIST = "/queues/deadletter/"
DENIED = "ClientError: GetObject: AccessDenied"


def save(error: str, **values: str) -> str:
    task, message_id = save_dead_task(**values)
    task.update(actions=[Task.last_error.set(error)])
    return message_id


def list_groups(page: str) -> list[tuple[str, str]]:
    """Error and number of each group."""
    row = r'class="break" href="[?]last_error=[^"]*">([^<]*)</a>.*?<td class="number">(\d+)<'
    return re.findall(row, page, re.DOTALL)


def test_letters_are_grouped_the_largest_group_first(viewer: Client) -> None:
    save(DENIED)
    save(DENIED, owner_id="another")
    save("MemoryError: <4 GB>")
    send_letter("hello")

    groups = list_groups(viewer.get(LIST).content.decode())

    assert groups == [
        (DENIED, "2"),
        ("MemoryError: &lt;4 GB&gt;", "1"),
        ("No error was stored", "1"),
    ]


@pytest.mark.parametrize(("error", "count"), [(DENIED, 2), ("No error was stored", 1)])
def test_a_group_leads_to_its_letters(viewer: Client, error: str, count: int) -> None:
    for _ in range(2):
        save(DENIED)
    send_letter("hello")

    page = viewer.get(LIST, {"last_error": error}).content.decode()

    assert f"{count} shown" in page
    assert len(list_groups(page)) == 2


def test_the_letters_of_one_error_are_redriven_together(operator: Client) -> None:
    for _ in range(2):
        save(DENIED)
    other = save("MemoryError")

    page = operator.get(LIST).content.decode()
    path = f"{LIST}operations/redrive/?all=1&last_error={quote(DENIED, safe='')}"
    asked = operator.get(path).content.decode()
    operator.post(path)
    [run] = list(RunItem.scan())
    finish_run(operator, run.run_id)

    assert f'href="{path.replace("&", "&amp;")}"' in page
    assert "<strong>2 dead letters</strong>" in asked
    left = operator.get(LIST).content.decode()
    assert "1 shown" in left
    assert other[:8] in left


def test_a_viewer_redrives_no_group(viewer: Client) -> None:
    save(DENIED)

    page = viewer.get(LIST).content.decode()

    assert "operations/redrive/" not in page
