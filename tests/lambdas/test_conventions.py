"""What all routes do alike: visible limits, no unknown parameters, HEAD; and entity tags."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import get_result, list_results
from pipeline.lambdas.limits import Limit, TokenBucket
from tests.environment import settings
from tests.examples import build_task, succeed
from tests.lambdas.events import Answer, build_event, call, request
from tests.lambdas.routes import FOR_USERS, Route
from tests.lambdas.uploads import post_image

BURST = settings.request_burst


def get(task: Task, **headers: str) -> Answer:
    path = f"/results/{task.task_id}"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return request(get_result.handler, "GET", path, headers=named)


@pytest.fixture
def task() -> Task:
    task = build_task(status=TaskStatus.QUEUED.value)
    transitions.insert(task)
    return task


def test_every_answer_says_what_is_left_of_the_limit_of_requests(task: Task) -> None:
    missing = f"/results/{uuid4()}"
    answers = [get(task), get(task), request(get_result.handler, "GET", missing)]

    window = round(BURST / settings.requests_per_second)
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {
        f'"requests";q={BURST};w={window}'
    }
    left = [int(answer.headers["RateLimit"].split("r=")[1].split(";")[0]) for answer in answers]
    assert all(BURST > each > BURST - 10 for each in left)


def test_a_bucket_that_filled_up_again_is_described_as_full() -> None:
    limit = Limit("x", 10, 1, ValueError)  # type: ignore[arg-type]
    bucket = TokenBucket("x:1", full_at=50)
    now = datetime.fromtimestamp(60, UTC)

    assert bucket.describe(limit, now)["RateLimit"] == '"x";r=10;t=0'


@pytest.mark.parametrize("route", FOR_USERS, ids=str)
def test_a_parameter_that_a_route_does_not_have_is_refused(route: Route) -> None:
    query = {"secret": "1", **route.query}
    answer = request(route.handler, route.method, route.fill_in(), query=query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert "query.secret" in [each["location"] for each in answer.body["errors"]]


def test_the_name_of_an_unknown_parameter_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    request(list_results.handler, "GET", "/results", query={"secret": "1"})

    [record] = caplog.records
    assert vars(record)["errors"] == ["query"]


def test_head_answers_as_get_without_the_body(task: Task) -> None:
    succeed(task.task_id)
    path = f"/results/{task.task_id}"

    head = call(get_result.handler, build_event("HEAD", path))
    missing = call(get_result.handler, build_event("HEAD", "/results/1"))

    assert (head["statusCode"], head["body"]) == (200, "")
    assert head["multiValueHeaders"]["ETag"] == [get(task).headers["ETag"]]
    assert (missing["statusCode"], missing["body"]) == (404, "")


def test_a_result_that_did_not_change_is_not_sent_again(task: Task) -> None:
    succeed(task.task_id)
    etag = get(task).headers["ETag"]

    again = get(task, If_None_Match=etag)
    one_of_several = get(task, If_None_Match=f'"x", {etag.removeprefix("W/")}')
    other = get(task, If_None_Match='W/"x"')

    assert (again.status, again.body, again.headers["ETag"]) == (304, None, etag)
    assert one_of_several.status == 304
    assert (other.status, other.headers["ETag"]) == (200, etag)


def test_an_entity_tag_follows_the_task(task: Task) -> None:
    transitions.fail(task, RetriesExhaustedError())
    failed = get(task).headers["ETag"]
    transitions.retry(task)
    waiting = get(task, If_None_Match=failed)
    succeed(task.task_id)

    succeeded = get(task, If_None_Match=failed)

    assert (waiting.status, "ETag" in waiting.headers) == (200, False)
    assert (succeeded.status, succeeded.headers["ETag"] != failed) == (200, True)


def test_a_repeat_says_that_it_is_one() -> None:
    first, again = post_image(key="k"), post_image(key="k")

    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
