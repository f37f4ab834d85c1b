"""Operators play the runbook `region-lost` on the page of the regions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.regions import load_regions
from pipeline.core.takeover import tasks as takeover
from pipeline.core.takeover.switch import Switch
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from portal import aws
from portal.actions.items import AuditItem, RunItem
from portal.environment import env
from tests.environment import settings
from tests.examples import build_task
from tests.portal.examples import count_messages, finish_run

HERE, LOST = "us-east-1", "eu-west-1"
PAGE = "page"
REASON = "AWS says that it is away"


class _Health(BaseHTTPRequestHandler):
    """This region answers, the other does not."""

    def do_GET(self) -> None:
        is_well = self.path == f"/{HERE}"
        self.send_response(HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args: Any) -> None: ...


@pytest.fixture(autouse=True)
def _two_regions(_portal_aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    boto3.client("s3").create_bucket(Bucket=PAGE)
    monkeypatch.setenv("REGIONS", f"{HERE},{LOST}")
    load_regions.cache_clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), _Health) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setitem(env.__dict__, "page_bucket", PAGE)
        monkeypatch.setitem(env.__dict__, "region_health_urls", f"{root}/{HERE},{root}/{LOST}")
        yield
        server.shutdown()
    load_regions.cache_clear()


@pytest.fixture
def switch() -> Switch:
    return Switch(PAGE, aws.s3())


def save(*, has_arrived: bool = True) -> Task:
    task = build_task(home_region=LOST)
    transitions.insert(task)
    if has_arrived:
        aws.image_store().put(task.image_key, b"picture", "image/jpeg")
    return task


def operate(client: Client, operation: str, region: str = LOST, **answers: str) -> Any:
    path = f"/regions/region/operations/{operation}/?id={region}"
    return client.post(path, {"reason": REASON, **answers}, follow=True)


def run_to_end(client: Client) -> RunItem:
    """The last run that was started, when it is over."""
    [run] = [it for it in RunItem.scan() if it.state == "running"]
    finish_run(client, run.run_id)
    run.refresh()
    return run


def test_the_page_shows_both_regions(viewer: Client, switch: Switch) -> None:
    switch.evacuate(LOST)

    listed = viewer.get("/regions/region/").content.decode()
    here = viewer.get(f"/regions/region/{HERE}/change/").content.decode()
    lost = viewer.get(f"/regions/region/{LOST}/change/").content.decode()

    assert HERE in listed
    assert LOST in listed
    assert ("does not answer" in here, "are sent away" in here) == (False, False)
    assert ("does not answer" in lost, "are sent away" in lost) == (True, True)
    assert "region-lost.md" in lost


def test_the_runbook_is_played_from_take_over_to_return(
    operator: Client, switch: Switch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "PAGE", 2)  # So the run takes several steps
    arrived, late = [save() for _ in range(5)], save(has_arrived=False)

    asked = operate(operator, "take-over", confirmation=LOST).content.decode()
    run = run_to_end(operator)

    assert "What was asked" in asked
    assert switch.list_evacuated() == [LOST]
    assert {Task.get(task.task_id).home_region for task in arrived} == {HERE}
    assert Task.get(late.task_id).home_region == LOST
    assert count_messages(settings.task_queue_url) == 5
    assert (run.state, int(run.done_count), int(run.skipped_count)) == ("done", 5, 1)
    page = operator.get(f"/operators/run/{run.run_id}/change/").content.decode()
    assert late.task_id in page
    told = [it for it in AuditItem.scan() if it.action == "Take over" and "Evacuated" in it.detail]
    assert [(it.operator, it.reason, it.target) for it in told] == [
        ("the-operator", REASON, f"regions.region/{LOST}")
    ]
    assert "5 tasks are queued here, 0 await a photo, and 1 stay" in told[0].detail

    transitions.start(arrived[0].task_id, worker="w1", receive_count=1)
    operate(operator, "give-back")
    given = run_to_end(operator)
    operate(operator, "readmit")

    homes = {Task.get(task.task_id).home_region for task in arrived[1:]}
    assert (homes, Task.get(arrived[0].task_id).home_region) == ({LOST}, HERE)
    assert int(given.done_count) == 4
    assert switch.list_evacuated() == []
    details = [entry.detail for entry in AuditItem.scan()]
    assert f"4 tasks belong to {LOST} again" in details
    assert f"Callers come to {LOST} again" in details


def test_a_second_take_over_adopts_what_has_arrived_since(operator: Client) -> None:
    late = save(has_arrived=False)
    operate(operator, "take-over", confirmation=LOST)
    run_to_end(operator)
    aws.image_store().put(late.image_key, b"picture", "image/jpeg")

    operate(operator, "take-over", confirmation=LOST)
    run = run_to_end(operator)

    assert (int(run.done_count), int(run.skipped_count)) == (1, 0)
    assert Task.get(late.task_id).home_region == HERE


def test_nothing_is_taken_over_without_the_name_typed(operator: Client, switch: Switch) -> None:
    page = operate(operator, "take-over", confirmation="eu-west-2").content.decode()

    assert "This is not the name of the region" in page
    assert (RunItem.count(), switch.list_evacuated()) == (0, [])


@pytest.mark.parametrize("operation", ["take-over", "give-back", "readmit"])
def test_a_viewer_takes_nothing_over(viewer: Client, switch: Switch, operation: str) -> None:
    response = operate(viewer, operation, confirmation=LOST)

    assert response.status_code == 403
    assert (RunItem.count(), switch.list_evacuated()) == (0, [])


def test_the_region_of_the_portal_is_not_taken_over(operator: Client, switch: Switch) -> None:
    page = operator.get(f"/regions/region/{HERE}/change/").content.decode()
    operate(operator, "take-over", HERE, confirmation=HERE)
    for run in RunItem.scan():
        finish_run(operator, run.run_id)

    assert "this portal runs in it" in page
    assert switch.list_evacuated() == []
    assert Task.count() == 0


def test_a_system_of_one_region_shows_none(viewer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REGIONS")
    load_regions.cache_clear()

    listed = viewer.get("/regions/region/")

    assert listed.status_code == 200
    assert LOST not in listed.content.decode()
