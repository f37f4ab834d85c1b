"""A request may wait for the end of its task, as long as its owner may."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests

from pipeline.core.errors import ImageMissingError
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import get_result, waiting
from pipeline.lambdas.limits import Limit, TokenBucket
from pipeline.lambdas.problems import TooManyRequestsError
from pipeline.lambdas.telemetry import Handler
from pipeline.lambdas.waiting import MAX_WAIT_SECONDS, WAIT_LIMIT, read_preference, take_seconds
from tests.examples import OWNER_ID, build_task, succeed
from tests.lambdas.events import Answer, build_event, call, request
from tests.lambdas.uploads import post_form, post_image, post_picture, receive

BUCKET = f"waits:{OWNER_ID}"


@pytest.fixture
def worker(queue: TaskQueue) -> Iterator[ThreadPoolExecutor]:
    """Does the first task that is queued, while the test waits."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(do_first_task, queue)
        yield pool
    done.result()


def do_first_task(queue: TaskQueue) -> None:
    while not (found := receive(queue)):
        pass
    # The AWS of these tests does not check a condition and write in one step, as DynamoDB does.
    while Task.get(found[0]).status != TaskStatus.QUEUED:
        pass
    succeed(found[0])


def save(status: TaskStatus = TaskStatus.QUEUED) -> Task:
    task = build_task(status=status.value)
    transitions.insert(task)
    return task


def get(task_id: str, wait: str) -> Answer:
    path = f"/results/{task_id}"
    return request(get_result.handler, "GET", path, query={"wait": wait})


def count_used_seconds() -> float:
    bucket = TokenBucket.get(BUCKET)
    return float(bucket.full_at) - datetime.now(UTC).timestamp()


@pytest.mark.parametrize("post", [post_image, post_picture])
def test_an_upload_that_prefers_to_wait_gets_the_finished_task(
    worker: ThreadPoolExecutor, store: ImageStore, post: Handler
) -> None:
    answer = post(prefer="wait=15")  # type: ignore[call-arg]

    assert answer.status == 200
    assert (answer.body["status"], answer.body["labels"][0]["name"]) == ("succeeded", "cat")
    assert answer.headers["Preference-Applied"] == "wait=15"
    assert answer.headers["Location"] == f"results/{answer.body['taskId']}"
    assert "Retry-After" not in answer.headers
    assert requests.get(answer.body["image"]["url"], timeout=5).ok


def test_a_question_that_waits_gets_the_finished_task(
    worker: ThreadPoolExecutor, queue: TaskQueue
) -> None:
    task = save()
    queue.send(task.task_id, OWNER_ID)

    answer = get(task.task_id, "15")

    assert (answer.status, answer.body["status"]) == (200, "succeeded")
    assert "Retry-After" not in answer.headers


def test_a_caller_that_waited_too_short_is_told_to_ask_again() -> None:
    task = save()

    answers = [get(task.task_id, "1"), post_picture(prefer="wait=1")]

    assert [answer.status for answer in answers] == [202, 202]
    assert [answer.headers["Retry-After"] for answer in answers] == ["1", "1"]
    assert [answer.body["status"] for answer in answers] == ["queued", "queued"]


def test_a_finished_task_is_not_waited_for() -> None:
    task = save()
    transitions.fail(task, ImageMissingError())

    answer = get(task.task_id, "20")

    assert (answer.status, answer.body["status"]) == (200, "failed")
    assert not exists(BUCKET)


def test_a_task_that_is_deleted_meanwhile_is_missing(queue: TaskQueue) -> None:
    task = save()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(delete_when_waited_for, task)
        answer = get(task.task_id, "15")

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")


def delete_when_waited_for(task: Task) -> None:
    while not exists(BUCKET):
        pass
    task.delete()


def exists(bucket: str) -> bool:
    try:
        TokenBucket.get(bucket)
    except TokenBucket.DoesNotExist:
        return False
    return True


def test_only_the_seconds_that_passed_are_charged(worker: ThreadPoolExecutor) -> None:
    post_picture(prefer="wait=20")

    # The task took far less than the 20 s that were charged first.
    assert count_used_seconds() * WAIT_LIMIT.per_second < 10


def test_whoever_waits_too_much_is_answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "WAIT_LIMIT", Limit("waits", 0.5, 1e-6, TooManyRequestsError))
    task = save()
    take_seconds(OWNER_ID, 0.5)

    answer = get(task.task_id, "20")

    assert (answer.status, answer.body["status"]) == (202, "queued")


def test_a_function_that_must_end_soon_does_not_wait() -> None:
    task = save()
    event = build_event("GET", f"/results/{task.task_id}", query={"wait": "20"})

    answer = call(get_result.handler, event, remaining_ms=2_000)

    assert answer["statusCode"] == 202
    assert not exists(BUCKET)


@pytest.mark.parametrize("wait", ["-1", "21", "x", "1.5", ""])
def test_a_wrong_wait_is_refused(wait: str) -> None:
    answer = get(save().task_id, wait)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("wait=10", 10),
        ("Wait = 7", 7),
        ("respond-async, wait=3", 3),
        ('handling=lenient; wait="4"', 4),
        ("wait=9999", MAX_WAIT_SECONDS),
        ("wait=0", 0),
        ("await=5", 0),
        ("wait=-1", 0),
        ("wait=soon", 0),
        ("", 0),
        (None, 0),
    ],
)
def test_a_preference_is_read_or_ignored(prefer: str | None, seconds: int) -> None:
    assert read_preference(prefer) == seconds


def test_a_form_has_nothing_to_wait_for() -> None:
    assert post_form().status == 201
