"""Clients of the local AWS, with root credentials of its account.

Each client gets its address and key explicitly, so no setting of the user can direct it to a real
account.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from infra.local import names
from infra.local.state import AccessKey

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient
    from mypy_boto3_autoscaling import AutoScalingClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient

CONFIG = Config(
    connect_timeout=2,
    read_timeout=30,
    retries={"mode": "standard", "max_attempts": 3},
    max_pool_connections=20,
)


@dataclass(frozen=True)
class Clients:
    """One client for each service, created at first use. Each thread needs its own instance."""

    endpoint: str
    key: AccessKey
    region: str = names.REGION

    @cached_property
    def _session(self) -> boto3.Session:
        return boto3.Session(
            self.key.access_key_id, self.key.secret_access_key, region_name=self.region
        )

    @cached_property
    def apigateway(self) -> APIGatewayClient:
        return self._session.client("apigateway", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def apigatewayv2(self) -> Any:
        # Untyped: only one module uses it, and the stubs are large.
        return self._session.client("apigatewayv2", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def autoscaling(self) -> AutoScalingClient:
        return self._session.client("autoscaling", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def cloudfront(self) -> Any:
        # Untyped: only one module uses it, and the stubs are large.
        return self._session.client("cloudfront", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def cloudwatch(self) -> CloudWatchClient:
        return self._session.client("cloudwatch", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def cognito(self) -> CognitoIdentityProviderClient:
        # Users exist in the first region only.
        region = names.FIRST_REGION
        return self._session.client(
            "cognito-idp", region_name=region, endpoint_url=self.endpoint, config=CONFIG
        )

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self._session.client("dynamodb", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def dynamodbstreams(self) -> Any:
        # Untyped: only tests use it, and the stubs are large.
        return self._session.client("dynamodbstreams", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def events(self) -> EventBridgeClient:
        return self._session.client("events", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def iam(self) -> IAMClient:
        return self._session.client("iam", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def kinesis(self) -> Any:
        # Untyped, as above.
        return self._session.client("kinesis", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def functions(self) -> LambdaClient:
        return self._session.client("lambda", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def logs(self) -> CloudWatchLogsClient:
        return self._session.client("logs", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def s3(self) -> S3Client:
        return self._session.client("s3", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def sns(self) -> SNSClient:
        return self._session.client("sns", endpoint_url=self.endpoint, config=CONFIG)

    @cached_property
    def sqs(self) -> SQSClient:
        return self._session.client("sqs", endpoint_url=self.endpoint, config=CONFIG)
