"""Fixtures and settings of all tests."""

import gc
import signal
from collections.abc import Iterator
from typing import Any

import boto3
import hypothesis
import pytest
from moto import mock_aws

from pipeline.core.dynamo import bind
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection
from pipeline.core.live.streams import Stream
from pipeline.core.queue import TaskQueue
from pipeline.core.search.items import WordEntry
from pipeline.core.settings import MAX_RECEIVE_COUNT, VISIBILITY_SECONDS
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook
from pipeline.lambdas.limits import TokenBucket
from tests import aws_cache, moto_cache, moto_states
from tests.environment import settings

# The time that an example takes proves nothing, because the machine may stall.
_UNHURRIED = hypothesis.settings(
    deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.register_profile("explore", _UNHURRIED)
# A commit passes or fails whenever it is tested. `--hypothesis-profile=explore` tries new examples.
hypothesis.settings.register_profile("same-examples", _UNHURRIED, derandomize=True)
hypothesis.settings.load_profile("same-examples")

# A shell lets background commands ignore SIGINT, and processes started here would inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

# The modules and tests stay until the end, so the collector need not look at them.
gc.disable()

aws_cache.share()
moto_cache.share()
# Django's settings bind the other tables.
bind(
    settings.aws_region,
    {
        **settings.search_tables,
        TokenBucket: settings.tasks_table,
        Connection: "connections",
        Stream: "streams",
        Export: "exports",
        Webhook: "webhooks",
        Delivery: "deliveries",
    },
)


@pytest.hookimpl(trylast=True)  # After the order of the tests was shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start the slow tests first. At the end the short ones keep all processes busy."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()


@pytest.fixture
def aws() -> Iterator[None]:
    """A fresh in-memory AWS account with our table, queues and bucket."""
    # A new default session would build the class of each client again.
    with mock_aws(config={"core": {"reset_boto3_session": False}}):
        moto_states.reuse("aws", _make_account)
        yield


def _make_account() -> None:
    Task.create_table()
    WordEntry.create_table()
    Webhook.create_table()
    Delivery.create_table()
    sqs = boto3.client("sqs")
    sqs.create_queue(QueueName="webhooks", Attributes={"VisibilityTimeout": "0"})
    sqs.create_queue(QueueName="tasks-dlq")
    redrive = (
        '{"deadLetterTargetArn": "arn:aws:sqs:us-east-1:123456789012:tasks-dlq",'
        f' "maxReceiveCount": {MAX_RECEIVE_COUNT}}}'
    )
    sqs.create_queue(
        QueueName="tasks",
        Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": str(VISIBILITY_SECONDS)},
    )
    boto3.client("s3").create_bucket(Bucket=settings.images_bucket)


@pytest.fixture
def queue(aws: None) -> TaskQueue:
    return TaskQueue(settings.task_queue_url)


@pytest.fixture
def store(aws: None) -> ImageStore:
    return ImageStore(settings.images_bucket)


@pytest.fixture
def every_write_twice(aws: None) -> Iterator[None]:
    """Send each update twice, as botocore does when an answer is lost."""
    events = Task._get_connection().connection.client.meta.events

    def repeat(attempts: int, **_: object) -> Any:  # Of the stubs, handlers return nothing
        return 0 if attempts == 1 else None

    events.register_first("needs-retry.dynamodb.UpdateItem", repeat)
    yield
    events.unregister("needs-retry.dynamodb.UpdateItem", repeat)
