"""Starts one local system for the tests of this folder.

`make test-e2e` runs the files in several processes at the same time. Each process has a system of
its own. SPOTTER_LOCAL=build/local reuses a running system, which is faster while writing a test.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import SpotterClient, request_tokens
from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.processes import Roster
from infra.local.server import build_environment
from infra.local.state import Person, State, load_state
from tests.e2e.attempts import REPORT, Attempts
from tests.e2e.secrets import find_secrets
from tests.e2e.spa.browser import PAGE_MS, running_browser
from tests.people import sign_up

START_SECONDS = 600  # The first start installs packages and builds the functions and the page
PATIENCE_SECONDS = 120
"""For conditions that take seconds. The machine may stall or run other tests and builds."""
TEST_SECONDS = 900
"""For a whole test with its waits. The first test starts the system."""
UNKNOWN_TASK_ID = "0b6e1d3c-0f57-4c33-9a4e-6f7d0a1c2b3d"
"""A fixed one, because all processes of a run must find the same tests."""
USD_A_DAY = "0.0025"
"""What Amazon Rekognition's stand-in may cost: two pictures of `test_rekognition.py`."""
NOTE = "allowed.jsonl"
"""A file in a system's folder: the permissions that its local AWS granted."""
ENDED = "ended.txt"
"""A file in the run's folder: the tests that are over."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Forget the attacks of the last run, once for all processes of this run."""
    if not hasattr(session.config, "workerinput"):
        REPORT.unlink(missing_ok=True)


@pytest.hookimpl(trylast=True)  # After the order of the tests was shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run tests that examine the whole run after all others."""
    items.sort(key=is_last)
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(TEST_SECONDS), append=False)


def is_last(item: pytest.Item) -> bool:
    return item.get_closest_marker("last") is not None


def find_run_folder(config: pytest.Config) -> Path:
    """The folder that all processes of this run share."""
    own: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
    return own.parent if hasattr(config, "workerinput") else own


@pytest.fixture(scope="session")
def run_folder(pytestconfig: pytest.Config) -> Path:
    return find_run_folder(pytestconfig)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Note that a test is over, whatever became of it, for the tests that wait for all others."""
    try:
        return (yield)
    finally:
        with (find_run_folder(item.config) / ENDED).open("a") as file:
            file.write(f"{item.nodeid}\n")


@pytest.fixture(scope="session")
def whole_run(request: pytest.FixtureRequest, run_folder: Path) -> None:
    """Wait for all other tests. Skip if the run does not contain every file of this folder."""
    items = request.session.items
    if not {item.path for item in items} >= set(Path(__file__).parent.rglob("test_*.py")):
        pytest.skip("This test needs all others: make test-e2e")
    others = {item.nodeid for item in items if not is_last(item)}
    wait_until(
        lambda: others <= set((run_folder / ENDED).read_text().splitlines()), TEST_SECONDS / 2
    )


SetWorkers = Callable[[int], None]


@dataclass(frozen=True)
class User:
    """A signed-in user."""

    person: Person
    tokens: dict[str, str]
    http: httpx.Client
    client: SpotterClient

    @property
    def id_token(self) -> str:
        return self.tokens["IdToken"]

    @property
    def owner_id(self) -> str:
        claims = jwt.decode(self.id_token, options={"verify_signature": False})
        return str(claims["sub"])


def start_system(layout: Layout, port: int, regions: int = 1) -> subprocess.Popen[bytes]:
    """Start the local system as `make run` does and wait until it is up."""
    layout.create()
    log = layout.root / "supervisor.log"
    options = ["--no-demo", "--port", str(port), "--data", str(layout.root)]
    options += ["--regions", str(regions)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local", *options],
            cwd=REPOSITORY,
            env=build_environment(
                NOTE_ALLOWED=str(layout.root / NOTE), REKOGNITION_USD_A_DAY=USD_A_DAY
            ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: is_up(layout, process) or process.poll() is not None, START_SECONDS)
        assert process.poll() is None, log.read_text()
    except BaseException:
        process.terminate()  # Else a system that starts too late would run forever
        raise
    return process


def find_notes(run_folder: Path) -> list[Path]:
    """The notes of all systems of the run."""
    return sorted(run_folder.rglob(NOTE))


def is_up(layout: Layout, supervisor: subprocess.Popen[bytes]) -> bool:
    """Whether this supervisor wrote the state. A killed one leaves its state behind."""
    return layout.state.exists() and load_state(layout).supervisor_pid == supervisor.pid


def stop_system(process: subprocess.Popen[bytes]) -> int:
    """Stop the system as Ctrl-C does and return the exit code."""
    process.terminate()
    return process.wait(PATIENCE_SECONDS)


def wait_until(condition: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """Wait until the condition is true. Fail after `seconds`.

    What takes long is asked for less and less often: each question costs the system some time.
    """
    deadline = time.monotonic() + seconds
    pause = 0.05
    while not (answer := condition()):
        assert time.monotonic() < deadline, f"The condition did not become true within {seconds} s"
        time.sleep(pause)
        pause = min(pause * 1.2, 0.5)
    return answer


@pytest.fixture(scope="session")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """The folder of the running system."""
    if running := os.environ.get("SPOTTER_LOCAL"):
        yield Layout(Path(running).resolve())
        return
    layout = Layout(tmp_path_factory.mktemp("spotter") / "local")
    process = start_system(layout, find_free_port())
    state = load_state(layout)
    yield layout
    assert stop_system(process) == 0
    assert Roster(layout).find_living() == []
    # After all tests, so that the logs are complete.
    assert list(find_secrets(layout, state)) == []


@pytest.fixture(scope="session")
def system(layout: Layout) -> State:
    return load_state(layout)


@pytest.fixture(scope="session")
def root(system: State) -> Clients:
    """Clients with the account's root credentials."""
    return Clients(system.endpoint, system.root_key)


@pytest.fixture(scope="session")
def workers(layout: Layout) -> Callable[[], list[int]]:
    """The process ids of the running workers."""

    def find() -> list[int]:
        living = Roster(layout).find_living()
        return [process.pid for entry, process in living if entry.name.startswith("worker")]

    return find


@pytest.fixture
def set_workers(root: Clients, workers: Callable[[], list[int]]) -> Iterator[SetWorkers]:
    """Changes the number of workers. After the test it is one again, even if the test failed."""

    def change(count: int) -> None:
        root.autoscaling.set_desired_capacity(
            AutoScalingGroupName=names.WORKER_GROUP, DesiredCapacity=count
        )
        wait_until(lambda: len(workers()) == count)

    yield change
    change(1)


@pytest.fixture(scope="session")
def build_user(system: State) -> Iterator[Callable[[], User]]:
    """Signs up a new user, as the web page does."""
    users = []

    def build() -> User:
        [person] = sign_up(system)
        tokens = request_tokens(system, person)
        token = tokens["IdToken"]
        http = httpx.Client(
            base_url=system.api_url, headers={"Authorization": token}, timeout=PATIENCE_SECONDS
        )
        users.append(User(person, tokens, http, SpotterClient(system.api_url, token)))
        return users[-1]

    yield build
    for user in users:
        user.http.close()
        user.client.close()


@pytest.fixture(scope="session")
def user(build_user: Callable[[], User]) -> User:
    """A user."""
    return build_user()


@pytest.fixture(scope="session")
def stranger(build_user: Callable[[], User]) -> User:
    """Another user."""
    return build_user()


@pytest.fixture(scope="session")
def attempts() -> Attempts:
    """Notes the attacks of all tests."""
    return Attempts(REPORT)


@pytest.fixture(scope="session")
def photo() -> Path:
    """A real photo."""
    return find_demo_photos()[0]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests, because Playwright can start only once in a process."""
    expect.set_options(timeout=PAGE_MS)
    with sync_playwright() as playwright, running_browser(playwright.chromium) as browser:
        yield browser
