"""The runbook `region-lost`, played in the portal while a page and a program go on.

The region that is lost is the second one: the portal runs in the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from infra.local import names
from infra.local.demo.client import open_spotter, request_tokens
from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.processes import Roster
from infra.local.state import State, load_state
from spotter_client import Spotter
from spotter_client.models import Task
from tests.e2e.conftest import PATIENCE_SECONDS, start_system, stop_system, wait_until
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit
from tests.e2e.secrets import find_secrets
from tests.e2e.spa.browser import Visit
from tests.people import sign_up
from tools.drill.scene import Scene

pytestmark = pytest.mark.slow

LOST, SURVIVOR = names.SECOND_REGION, names.FIRST_REGION
RUNBOOK = REPOSITORY / "docs" / "runbooks" / "region-lost.md"
REFUSED = re.compile("CORS policy|WebSocket connection")
"""What a browser itself says about requests to a region that is away."""


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A system of two regions. Callers are near the one that will be lost."""
    layout = Layout(tmp_path_factory.mktemp("twin"))
    supervisor = start_system(layout, find_free_port(), regions=2)
    try:
        state = load_state(layout)
        scene = Scene(state, layout, supervisor.pid)
        scene.turn("near", LOST)
        yield scene
    finally:
        ended = stop_system(supervisor)
    assert ended == 0
    assert Roster(layout).find_living() == []
    assert [*find_secrets(layout, state), *find_secrets(layout.second, state)] == []


@pytest.fixture
def system(twin: Scene) -> State:
    """The portal's window opens on this system."""
    return twin.state


@dataclass
class Program:
    """Sends photos with the client for Python, as a program that knows of no regions."""

    spotter: Spotter
    pool: ThreadPoolExecutor
    results: list[Future[Task]] = field(default_factory=list)

    def look(self) -> None:
        """Send a photo and wait for its result, beside everything else."""
        look = self.pool.submit(self.spotter.look, self._choose(), seconds=PATIENCE_SECONDS)
        self.results.append(look)

    def upload(self) -> None:
        """Send a photo. Wait for its result beside everything else."""
        task_id = self.spotter.upload(self._choose())
        self.results.append(self.pool.submit(self.spotter.wait, task_id, PATIENCE_SECONDS))

    def _choose(self) -> Path:
        """A photo that nobody has sent before."""
        return find_demo_photos()[-1 - len(self.results)]

    def wait_for_results(self) -> None:
        assert all(it.result(PATIENCE_SECONDS).labels for it in self.results)


@pytest.fixture
def users(twin: Scene, browser: Browser) -> Iterator[tuple[Visit, Program]]:
    """A person has a page and a program. No page may be opened again."""
    state = twin.state
    [person] = sign_up(state)
    visit = Visit(browser, state.spa_origin, {state.endpoint})
    visit.enter(state.client_id, request_tokens(state, person))
    visit.page.evaluate("window.opened = 'once'")
    with open_spotter(state, person) as spotter, ThreadPoolExecutor() as pool:
        yield visit, Program(spotter, pool)
        assert visit.page.evaluate("window.opened") == "once"
    visit.context.close()
    assert [it for it in visit.troubles if not REFUSED.search(it)] == []


def send(visit: Visit, number: int) -> None:
    """Let the page send a photo that nobody has sent before."""
    visit.choose(find_demo_photos()[number])
    expect(visit.get_cards()).to_have_count(number + 1, timeout=SLOW_MS)


def read_buttons() -> list[str]:
    """What operators press, in the order of the runbook."""
    return re.findall(r"press\s+\*\*(.+?)\*\*", RUNBOOK.read_text())


def read_health(portal: Page) -> str:
    """Open the page of the lost region. It says whether the region answers."""
    portal.get_by_role("link", name="Regions").first.click()
    portal.locator("#result_list").get_by_role("link", name=LOST).click()
    return portal.locator("dt:text-is('Health') + dd").inner_text()


def press(portal: Page, button: str, **answers: str) -> None:
    """Press a button on the page of the lost region, answer what is asked, and confirm."""
    portal.locator(".detail-actions").get_by_role("link", name=button).click()
    for label, answer in {**answers, "Reason": "A test"}.items():
        portal.get_by_label(label).fill(answer)
    submit(portal, portal.locator("form.confirm button[type=submit]"))


def read_receipt(portal: Page, name: str) -> str:
    """A number of a run that is over."""
    expect(portal.locator("#live .tag").first).to_have_text("done", timeout=SLOW_MS)
    return portal.locator(f"dt:text-is('{name}') + dd").inner_text()


def list_tasks(twin: Scene, region: str, status: str) -> list[str]:
    """The homes of tasks whose record and photo are in a region."""
    clients = twin.connect(region)
    bucket = f"{names.IMAGES_BUCKET}{names.build_suffix(region)}"
    photos = {it["Key"] for it in clients.s3.list_objects_v2(Bucket=bucket).get("Contents", [])}
    items = clients.dynamodb.scan(TableName=names.TASKS_TABLE)["Items"]
    return [
        it["home_region"]["S"]
        for it in items
        if it.get("status", {}).get("S") == status and it["image_key"]["S"] in photos
    ]


def test_a_lost_region_is_taken_over_and_comes_back_while_page_and_program_go_on(
    twin: Scene, users: tuple[Visit, Program], sign_in_to_portal: SignIn
) -> None:
    visit, program = users
    portal = sign_in_to_portal("operator")
    take_over, give_back, let_callers_back = read_buttons()
    program.look()
    send(visit, 0)
    visit.wait_for_results(1)
    program.wait_for_results()
    assert set(list_tasks(twin, LOST, "succeeded")) == {LOST}

    twin.set_workers(LOST, 0)
    wait_until(lambda: not twin.find_workers(LOST))
    program.upload()
    send(visit, 1)
    wait_until(lambda: list_tasks(twin, SURVIVOR, "queued") == [LOST, LOST])
    twin.turn("down", LOST)
    program.look()
    send(visit, 2)
    assert read_health(portal) == "does not answer"
    press(portal, take_over, **{"Name of the region": LOST})
    assert read_receipt(portal, "Queued here") == "2"
    visit.wait_for_results(3)
    program.wait_for_results()

    twin.turn("up", LOST)
    twin.set_workers(LOST, 1)
    wait_until(lambda: read_health(portal) == "answers")
    press(portal, give_back)
    assert read_receipt(portal, "Given back") == "0"
    read_health(portal)
    press(portal, let_callers_back)
    expect(portal.get_by_text("Let back").first).to_be_visible()
    look(portal, "regions")
    wait_until(lambda: twin.turn().usable[0] == LOST)
    program.look()
    send(visit, 3)
    visit.wait_for_results(4)
    program.wait_for_results()

    homes = [LOST, LOST, SURVIVOR, SURVIVOR] * 2
    wait_until(lambda: sorted(list_tasks(twin, SURVIVOR, "succeeded")) == sorted(homes))
