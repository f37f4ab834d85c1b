"""Every route limits how many requests one user may send."""

from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.lambdas import (
    account_defaults,
    cancel_result,
    correct_result,
    create_ticket,
    delete_account,
    delete_result,
    exports,
    get_result,
    keys,
    list_results,
    list_words,
    put_frame,
    result_versions,
    retry_result,
    similar_results,
    streams,
    upload,
    webhooks,
)
from pipeline.lambdas.app import build_app
from pipeline.lambdas.limits import TokenBucket
from pipeline.lambdas.telemetry import Handler
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import request
from tests.pictures import build_quadrants, encode

JPEG = encode(build_quadrants(), "JPEG")
TASK_PATH = "/results/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"


STREAM_PATH = "/streams/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"


ROUTES = [
    (upload, "POST", "/upload"),
    (upload, "POST", "/pictures"),
    (list_results, "GET", "/results"),
    (list_results, "GET", "/results/days"),
    (list_words, "GET", "/results/words"),
    (get_result, "GET", TASK_PATH),
    (delete_result, "DELETE", TASK_PATH),
    (retry_result, "POST", f"{TASK_PATH}/retry"),
    (cancel_result, "POST", f"{TASK_PATH}/cancel"),
    (correct_result, "PUT", f"{TASK_PATH}/corrections"),
    (correct_result, "GET", "/account/sharing"),
    (correct_result, "PUT", "/account/sharing"),
    (result_versions, "POST", f"{TASK_PATH}/versions"),
    (result_versions, "GET", f"{TASK_PATH}/versions"),
    (similar_results, "GET", f"{TASK_PATH}/similar"),
    (similar_results, "GET", "/results/doubles"),
    (exports, "POST", "/exports"),
    (exports, "GET", "/exports"),
    (exports, "GET", f"/exports/{TASK_PATH.rpartition('/')[2]}"),
    (delete_account, "POST", "/account/deletion"),
    (delete_account, "GET", "/account/deletion"),
    (exports, "DELETE", f"/exports/{TASK_PATH.rpartition('/')[2]}"),
    (account_defaults, "GET", "/account/defaults"),
    (account_defaults, "GET", "/usage"),
    (account_defaults, "PUT", "/account/defaults"),
    (create_ticket, "POST", "/live/tickets"),
    (streams, "POST", "/streams"),
    (streams, "GET", "/streams"),
    (streams, "DELETE", STREAM_PATH),
    (put_frame, "PUT", f"{STREAM_PATH}/frames"),
    (keys, "GET", "/keys"),
    (keys, "POST", "/keys"),
    (keys, "DELETE", f"/keys/{TASK_PATH.rpartition('/')[2]}"),
    (webhooks, "GET", "/webhooks"),
    (webhooks, "POST", "/webhooks"),
]


def test_every_route_is_in_the_list() -> None:
    from infra.local.resources.functions import ROUTES as FUNCTIONS

    # These need no token, so no limit of a user applies: their own tests limit them.
    limited = set(FUNCTIONS) - {"create_token", "health"}
    assert {module.__name__.rpartition(".")[2] for module, _, _ in ROUTES} == limited


@pytest.fixture
def _busy() -> None:
    """The user has used all requests, for a minute from now on."""
    full_at = datetime.now(UTC).timestamp() + settings.request_burst + 60
    TokenBucket(f"requests:{OWNER_ID}", full_at=full_at).save()


@pytest.mark.usefixtures("_busy")
@pytest.mark.parametrize(("handler", "method", "path"), [(m.handler, *rest) for m, *rest in ROUTES])
def test_every_route_limits_the_requests_of_one_user(
    handler: Handler, method: str, path: str
) -> None:
    headers = {"Content-Type": "image/jpeg"}
    body = JPEG if path == "/upload" else None

    parts: Any = {"body": body, "headers": headers}
    if path.endswith("/frames"):
        parts["query"] = {"frame": "1"}

    mine = request(handler, method, path, **parts)
    others = request(handler, method, path, **parts, owner_id=OTHER_OWNER_ID)

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
