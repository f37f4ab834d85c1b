"""Browser windows on the page that the local CloudFront serves."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from infra.local.state import State
from tests.e2e.conftest import User
from tests.e2e.spa.browser import Visit

OpenVisit = Callable[..., Visit]


@pytest.fixture
def open_visit(browser: Browser, system: State) -> Iterator[OpenVisit]:
    """Opens windows. After the test no window may have recorded a problem."""
    visits: list[Visit] = []

    def open_window(**options: Any) -> Visit:
        visits.append(Visit(browser, system.spa_origin, {system.endpoint}, **options))
        return visits[-1]

    yield open_window
    for visit in visits:
        visit.context.close()
    assert [trouble for visit in visits for trouble in visit.troubles] == []


@pytest.fixture
def visit(open_visit: OpenVisit) -> Visit:
    """A window without a session."""
    return open_visit()


@pytest.fixture
def newcomer(build_user: Callable[[], User]) -> User:
    """A user who has sent nothing yet."""
    return build_user()


@pytest.fixture
def at_home(visit: Visit, system: State, newcomer: User) -> Visit:
    """The window of a signed-in newcomer."""
    visit.enter(system.client_id, newcomer.tokens)
    return visit


def list_names(user: User) -> list[str]:
    """The tasks of a user."""
    return [task["fileName"] for task in user.http.get("/results").json()["results"]]
