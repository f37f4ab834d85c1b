"""The number of unfinished tasks and the rate of new tasks are limited for each user."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from pipeline.core import controls, quotas
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.storage import build_image_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import limits, retry_result, upload
from pipeline.lambdas.limits import TokenBucket, build_upload_limit
from pipeline.lambdas.problems import TooManyRequestsError
from pipeline.lambdas.settings import ApiSettings
from tests.clocks import stop_clock
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task, succeed
from tests.lambdas.events import Answer, request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATE_ID = f"rate:{OWNER_ID}"


def ask(key: str | None = None, owner_id: str = OWNER_ID) -> Answer:
    headers = {"Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    body = json.dumps({"contentType": "image/jpeg", "sizeBytes": 1000})
    return request(upload.handler, "POST", "/upload", body=body, headers=headers, owner_id=owner_id)


def retry(task: Task) -> Answer:
    return request(retry_result.handler, "POST", f"/results/{task.task_id}/retry")


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ApiSettings]:
    """Set other limits."""

    def use(**values: float) -> ApiSettings:
        changed = settings.model_copy(update=values)
        for module in (retry_result, upload):
            monkeypatch.setattr(module, "settings", changed)
        return changed

    return use


def test_one_task_too_many_is_refused_until_another_is_finished(
    limit: Callable[..., ApiSettings],
) -> None:
    limit(max_unfinished_tasks=2)
    first, second, third = ask(), ask(), ask()
    task = Task.get(first.body["taskId"])
    transitions.accept(task, build_image_key(OWNER_ID, task.task_id))
    succeed(task.task_id)
    fourth = ask()

    assert [first.status, second.status, fourth.status] == [201, 201, 201]
    assert (third.status, third.body["code"]) == (429, "too_many_in_flight")
    # The two forms expire after 15 minutes, if nobody uses them.
    assert 895 <= int(third.headers["Retry-After"]) <= 900
    assert Task.by_owner.count(OWNER_ID) == 3


def test_who_waits_for_results_may_go_on_soon(limit: Callable[..., ApiSettings]) -> None:
    limit(max_unfinished_tasks=2)
    ask()
    transitions.mark_queued(Task.get(ask().body["taskId"]))

    answer = ask()

    assert (answer.status, answer.headers["Retry-After"]) == (429, "2")


def fail(task: Task) -> None:
    transitions.fail(task, RetriesExhaustedError())


def delete(task: Task) -> None:
    task.delete()


@pytest.mark.parametrize("finish", [fail, delete, transitions.expire])
def test_a_task_that_ended_does_not_count(
    limit: Callable[..., ApiSettings], finish: Callable[[Task], None]
) -> None:
    limit(max_unfinished_tasks=1)
    task = Task.get(ask().body["taskId"])

    finish(task)

    assert ask().status == 201


def test_the_tasks_of_others_do_not_count(limit: Callable[..., ApiSettings]) -> None:
    limit(max_unfinished_tasks=1, upload_burst=1)
    ask(owner_id=OTHER_OWNER_ID)

    answer = ask()

    assert answer.status == 201


def test_an_unfinished_task_counts_only_for_the_lifetime_of_a_form(
    limit: Callable[..., ApiSettings],
) -> None:
    limit(max_unfinished_tasks=1)
    now = datetime.now(UTC)
    build_task(unfinished_since=now - FORM_LIFETIME - timedelta(seconds=1)).save()
    free = ask()
    build_task(unfinished_since=now - FORM_LIFETIME + timedelta(minutes=10)).save()
    Task.get(free.body["taskId"]).delete()

    full = ask()

    assert (free.status, full.status) == (201, 429)


def test_a_repeated_request_is_answered_at_the_limit(
    limit: Callable[..., ApiSettings],
) -> None:
    limit(max_unfinished_tasks=1)
    first = ask(key="a")

    repeat, other = ask(key="a"), ask(key="b")

    assert (repeat.status, repeat.body["taskId"]) == (201, first.body["taskId"])
    assert other.status == 429


def test_a_retry_counts_as_one_more_task(
    limit: Callable[..., ApiSettings], queue: TaskQueue
) -> None:
    limit(max_unfinished_tasks=1)
    tasks = [build_task(), build_task()]
    for task in tasks:
        task.save()
        transitions.fail(task, RetriesExhaustedError())

    answers = [retry(task) for task in tasks]

    assert [answer.status for answer in answers] == [202, 429]
    assert Task.get(tasks[1].task_id).status == TaskStatus.FAILED
    assert len(queue.receive(max_messages=10)) == 1


def test_tokens_come_back_one_by_one(limit: Callable[..., ApiSettings]) -> None:
    limited = limit(uploads_per_second=2, upload_burst=3)
    bucket, uploads = TokenBucket(RATE_ID), build_upload_limit(limited)

    burst = [bucket.take(uploads, 1, NOW) for _ in range(4)]
    soon = bucket.take(uploads, 1, NOW + timedelta(seconds=0.4))
    later = [bucket.take(uploads, 1, NOW + timedelta(seconds=0.6)) for _ in range(2)]
    much_later = [bucket.take(uploads, 1, NOW + timedelta(hours=1)) for _ in range(4)]

    assert burst == [True, True, True, False]
    assert not soon
    assert later == [True, False]
    assert much_later == [True, True, True, False]


@pytest.mark.parametrize(("per_second", "retry_after"), [(5, "1"), (0.2, "5")])
def test_too_many_requests_are_answered_with_retry_after(
    limit: Callable[..., ApiSettings],
    per_second: float,
    retry_after: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_clock(monkeypatch, limits, NOW)  # No token comes back meanwhile
    limit(uploads_per_second=per_second, upload_burst=1)
    ask()

    answer = ask()

    assert (answer.status, answer.body["code"]) == (429, "too_many_requests")
    assert answer.headers["Retry-After"] == retry_after


def test_a_rate_is_in_no_index_and_expires() -> None:
    TokenBucket(RATE_ID).take(build_upload_limit(settings), 1, NOW)

    item = boto3.client("dynamodb").get_item(
        TableName=settings.tasks_table, Key={"task_id": {"S": RATE_ID}}
    )["Item"]
    assert item.keys() == {"task_id", "full_at", "expires_at"}
    assert float(item["expires_at"]["N"]) > NOW.timestamp()


def test_an_error_of_the_table_is_not_reported_as_a_limit() -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    answer = ask()

    assert answer.status == 500


def grant(factor: int, days: int = 1) -> None:
    until = datetime.now(UTC) + timedelta(days=days)
    quotas.grant(OWNER_ID, factor, until, operator="ann", reason="An archive")


@pytest.mark.parametrize(("factor", "statuses"), [(2, [201, 201, 429]), (3, [201, 201, 201])])
def test_a_quota_of_one_user_raises_the_number_of_unfinished_tasks(
    limit: Callable[..., ApiSettings], factor: int, statuses: list[int]
) -> None:
    limit(max_unfinished_tasks=1)
    grant(factor)

    assert [ask().status for _ in range(3)] == statuses
    assert [ask(owner_id=OTHER_OWNER_ID).status for _ in range(2)] == [201, 429]


def test_a_quota_of_one_user_raises_the_rate(
    limit: Callable[..., ApiSettings], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, limits, NOW)
    limit(upload_burst=1, uploads_per_second=1)
    first, refused = ask(), ask()
    grant(4)
    stop_clock(monkeypatch, limits, NOW + timedelta(seconds=0.5))

    assert (first.status, refused.status) == (201, 429)
    assert [ask().status for _ in range(3)] == [201, 201, 429]


def test_a_quota_that_has_ended_raises_nothing(limit: Callable[..., ApiSettings]) -> None:
    limit(max_unfinished_tasks=1)
    grant(5, days=-1)

    assert [ask().status for _ in range(2)] == [201, 429]


def test_a_quota_is_read_only_where_a_limit_is_reached(limit: Callable[..., ApiSettings]) -> None:
    read: list[str] = []
    client = quotas.Quota._get_connection().connection.client

    def note(params: dict[str, str], **rest: object) -> None:
        read.extend(key for key in (str(params),) if "quota:" in key)

    client.meta.events.register("before-call.dynamodb.GetItem", note)
    try:
        limit(max_unfinished_tasks=1)
        ask()
        without = len(read)
        ask()
    finally:
        client.meta.events.unregister("before-call.dynamodb.GetItem", note)

    assert (without, len(read)) == (0, 1)


def test_a_limit_that_operators_changed_holds() -> None:
    before = [ask().status for _ in range(2)]
    controls.decide("max_unfinished_tasks", operator="ann", reason="A test", value=3)
    lower = [ask() for _ in range(2)]
    controls.undo("max_unfinished_tasks")

    assert before == [201, 201]
    assert [answer.status for answer in lower] == [201, 429]
    assert lower[1].body["code"] == "too_many_in_flight"
    assert ask().status == 201


def test_a_changed_limit_of_requests_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    stop_clock(monkeypatch, limits, NOW)
    controls.decide("request_burst", operator="ann", reason="A test", value=50)

    for _ in range(50):
        limits.check_request_rate(OWNER_ID, settings)
    with pytest.raises(TooManyRequestsError):
        limits.check_request_rate(OWNER_ID, settings)
