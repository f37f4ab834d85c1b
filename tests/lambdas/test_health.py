"""GET /health says whether the services behind this region answer, and asks them rarely."""

from collections import Counter

import boto3
import pytest
from botocore.model import OperationModel

from pipeline.lambdas import health
from tests.environment import settings
from tests.lambdas.events import Answer, request


@pytest.fixture(autouse=True)
def _nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_last", None)


def ask() -> Answer:
    return request(health.handler, "GET", "/health", owner_id=None)


def lose_the_queue() -> None:
    boto3.client("sqs").delete_queue(QueueUrl=settings.task_queue_url)


def lose_the_pictures() -> None:
    boto3.client("s3").delete_bucket(Bucket=settings.images_bucket)


def lose_the_tasks() -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)


def test_a_stranger_learns_that_the_region_answers() -> None:
    answer = ask()

    assert (answer.status, answer.body) == (200, {"status": "ok", "region": "us-east-1"})
    assert answer.headers["Cache-Control"] == "no-store"
    assert not {"RateLimit", "RateLimit-Policy"} & set(answer.headers)


@pytest.mark.parametrize(
    ("lose", "name"),
    [(lose_the_queue, "queue"), (lose_the_pictures, "pictures"), (lose_the_tasks, "tasks")],
)
def test_the_service_that_does_not_answer_is_named(
    lose: health.Probe, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    lose()

    answer = ask()

    assert (answer.status, answer.body["code"]) == (503, "region_unhealthy")
    assert answer.body["detail"].endswith(f"It is: {name}.")
    assert int(answer.headers["Retry-After"]) > 0
    assert name in [vars(record).get("dependency") for record in caplog.records]


def test_a_stranger_who_asks_again_and_again_spends_no_reads() -> None:
    calls: Counter[str] = Counter()

    def note(model: OperationModel, **_: object) -> None:
        calls[model.name] += 1

    for client in (health.dynamodb, health.sqs, health.s3):
        client.meta.events.register("before-call", note, unique_id="test")

    answers = [ask().status for _ in range(20)]

    assert answers == [200] * 20
    assert calls == {"GetItem": 1, "GetQueueAttributes": 1, "HeadBucket": 1}


def test_an_answer_is_forgotten_after_some_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask().status == 200
    lose_the_queue()
    assert ask().status == 200

    monkeypatch.setattr(health, "KEPT_SECONDS", 0)

    assert ask().status == 503


def test_nothing_is_tried_for_longer_than_route_53_waits() -> None:
    for client in (health.dynamodb, health.sqs, health.s3):
        config = client.meta.config
        assert config.connect_timeout + config.read_timeout <= 2
        assert config.retries["total_max_attempts"] == 1
