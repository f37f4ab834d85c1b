"""One client per AWS service and process, with timeouts that a waiting operator bears."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from pipeline.core.erasure import Places
from pipeline.core.exports.files import ExportFiles
from pipeline.core.live.push import Push
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

CONFIG = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "max_attempts": 3})


class MissingResourceError(Exception):
    """Something that Terraform makes is not there."""


AWS_ERRORS = (BotoCoreError, ClientError, PynamoDBException, MissingResourceError)
"""Everything that an AWS call may raise, DynamoDB's through PynamoDB included."""


@cache
def autoscaling() -> AutoScalingClient:
    return boto3.client("autoscaling", config=CONFIG)


@cache
def cloudwatch() -> CloudWatchClient:
    return boto3.client("cloudwatch", config=CONFIG)


@cache
def billing_metrics() -> CloudWatchClient:
    """AWS publishes the charges of an account in this region only."""
    return boto3.client("cloudwatch", region_name="us-east-1", config=CONFIG)


@cache
def cognito() -> CognitoIdentityProviderClient:
    return boto3.client("cognito-idp", config=CONFIG)


@cache
def s3() -> S3Client:
    return boto3.client("s3", config=CONFIG.merge(Config(signature_version="s3v4")))


@cache
def sqs() -> SQSClient:
    return boto3.client("sqs", config=CONFIG)


@cache
def push() -> Push:
    """The open sockets of users."""
    return Push(env.live_endpoint)


def image_store() -> ImageStore:
    """The users' pictures, by the portal's own client."""
    return ImageStore(env.images_bucket, s3())


def places() -> Places:
    """Where the data of users is, for an erasure."""
    return Places(
        store=image_store(),
        files=ExportFiles(env.images_bucket, s3()),
        cognito=cognito(),
        user_pool_id=env.user_pool_id,
    )


def task_queue() -> TaskQueue:
    """The workers' queue, by the portal's own client."""
    return TaskQueue(env.task_queue_url, sqs())


def describe_error(error: Exception) -> str:
    """What AWS said, short enough for a card: the code and the message, no stack."""
    if isinstance(error, ClientError):
        detail = error.response.get("Error", {})
        return f"{detail.get('Code', 'Error')}: {detail.get('Message', '')}"
    return f"{type(error).__name__}: {error}"
