"""Every route limits how many requests one user may send."""

from datetime import UTC, datetime

import pytest

from pipeline.lambdas.app import build_app
from pipeline.lambdas.limits import TokenBucket
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import request
from tests.lambdas.routes import FOR_USERS, Route


@pytest.fixture
def _busy() -> None:
    """The user has used all requests, for a minute from now on."""
    full_at = datetime.now(UTC).timestamp() + settings.request_burst + 60
    TokenBucket(f"requests:{OWNER_ID}", full_at=full_at).save()


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize("route", FOR_USERS, ids=str)
def test_every_route_limits_the_requests_of_one_user(route: Route) -> None:
    asked = route.handler, route.method, route.fill_in()

    mine = request(*asked, query=route.query)
    others = request(*asked, query=route.query, owner_id=OTHER_OWNER_ID)

    assert (mine.status, mine.body["code"]) == (429, "too_many_requests")
    assert mine.headers["Retry-After"] == "1"
    assert others.status != 429


def test_every_app_limits_requests() -> None:
    """By construction: a route cannot be built without the limit."""
    app = build_app(settings)

    @app.get("/new")
    def new() -> None: ...

    TokenBucket(f"requests:{OWNER_ID}", full_at=datetime.now(UTC).timestamp() + 10_000).save()
    assert request(app.resolve, "GET", "/new").status == 429
