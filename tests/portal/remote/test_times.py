"""Each moment of a page says what it is, so that the browser can add its own time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from django.test import Client

from portal.remote.templatetags.portal import utc
from tests.portal.examples import save_failed_task

TEMPLATES = Path(__file__).parents[3] / "portal" / "templates"
PLAIN_DATE = re.compile(r'\{\{[^}]*\|date:"(?!c")[^}]*\}\}')


def test_a_moment_is_exact_for_programs_and_short_for_people() -> None:
    shown = utc(datetime(2026, 11, 30, 4, 5, 6, tzinfo=UTC), "j M H:i")

    assert shown == '<time datetime="2026-11-30T04:05:06+00:00">30 Nov 04:05 UTC</time>'


def test_a_missing_moment_is_empty() -> None:
    assert utc(None, "j M") == ""


def test_no_template_shows_a_moment_without_its_exact_time() -> None:
    plain = [
        f"{path.name}: {found}"
        for path in TEMPLATES.rglob("*.html")
        for line in path.read_text().splitlines()
        for found in PLAIN_DATE.findall(line)
        # Inside of the element, or in an address.
        if "<time datetime" not in line and "created_at_from" not in line
    ]

    assert plain == []


def test_the_history_of_a_thing_leads_back_to_the_filtered_list(viewer: Client) -> None:
    task = save_failed_task()
    back = urlencode({"_changelist_filters": "status=failed"})
    path = f"/tasks/task/{task.task_id}"

    page = viewer.get(f"{path}/change/?{back}").content.decode()
    history = viewer.get(f"{path}/history/?{back}").content.decode()

    assert f'href="{path}/history/?{back}"' in page
    assert 'href="/tasks/task/?status=failed"' in history
