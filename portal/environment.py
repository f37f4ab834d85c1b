"""Where the portal finds its tables, pool and queues, read from the environment."""

from __future__ import annotations

from functools import cached_property
from typing import Self
from urllib.parse import urlsplit

import boto3
from pydantic import BaseModel, model_validator
from pydantic_settings import BaseSettings


class Secrets(BaseModel, frozen=True):
    """What must not stand in a plain environment on AWS."""

    django_secret_key: str
    oidc_client_secret: str
    second_factor_key: str
    """Encrypts the keys of the operators' authenticator apps."""


class Environment(BaseSettings, frozen=True):
    """Required variables have no default: the portal without them stops at once, by name."""

    aws_region: str
    tasks_table: str
    streams_table: str
    connections_table: str
    exports_table: str
    webhooks_table: str
    deliveries_table: str
    webhooks_queue_url: str
    """The queue whose messages send the deliveries of webhooks."""
    live_endpoint: str
    """Where sockets are closed: scheme, host and stage of the WebSocket API, for programs."""
    images_bucket: str
    task_queue_url: str
    dead_letter_queue_url: str
    user_pool_id: str
    worker_group: str
    """Name of the Auto Scaling group of the workers."""

    operators_table: str
    sessions_table: str
    audit_table: str
    runs_table: str
    answers_table: str

    portal_url: str
    """Where operators reach the portal, without a path: it decides hosts, cookies and CSRF."""
    environment_name: str
    """local, dev or prod: the badge on every page."""
    static_url: str = "/static/"
    """Behind API Gateway an absolute URL: the stage prefix is not applied to it."""
    alarm_prefix: str = "spotter-"
    repository_url: str = ""
    """Where people read the runbooks; empty: an alarm shows the path of its file only."""
    api_name: str = ""
    """Name of the API in its metrics; empty where API Gateway sends none: the local AWS."""
    result_seconds: int = 0
    """The latency that the service promises; 0 where CloudWatch cannot compare with it."""
    objective: float = 0.999
    """Share of requests and pictures that must go well."""
    metrics_detail: str = "full"
    """What the workers send: "basic" has no stages and one error code."""
    rekognition_usd_a_day: float = 0
    """The most that Amazon Rekognition may cost in a day. 0 where the service does not offer it."""

    page_bucket: str = ""
    """Bucket of the page's files in this region. Only a system of two regions needs it."""
    region_health_urls: str = ""
    """`GET /health` of each region, with commas between them, in the order of REGIONS."""

    oidc_client_id: str
    cognito_domain_url: str
    """Address of the hosted sign-in page."""
    cognito_jwks_url: str = ""
    """Only where the keys are not below the issuer: the local AWS."""

    portal_secrets: str = ""
    """Name of an SSM parameter that holds the JSON of `Secrets`; empty: the variables below."""
    django_secret_key: str = ""
    oidc_client_secret: str = ""
    second_factor_key: str = ""

    second_factor_required: bool = True
    """Whether operators need an authenticator app. Only a local portal may do without."""

    aws_endpoint_url: str = ""
    logs_url: str = ""
    """Where the logs of a task can be read, with `{task_id}`; empty: the query is shown as text."""

    @model_validator(mode="after")
    def require_a_second_factor(self) -> Self:
        """Refuse to start a portal that others can reach and that asks for no second factor."""
        if self.is_https and not self.second_factor_required:
            raise ValueError(
                "SECOND_FACTOR_REQUIRED=false is for a local portal. Remove this variable."
            )
        return self

    @cached_property
    def secrets(self) -> Secrets:
        if not self.portal_secrets:
            return Secrets(
                django_secret_key=self.django_secret_key,
                oidc_client_secret=self.oidc_client_secret,
                second_factor_key=self.second_factor_key,
            )
        client = boto3.client("ssm", region_name=self.aws_region)
        found = client.get_parameter(Name=self.portal_secrets, WithDecryption=True)
        return Secrets.model_validate_json(found["Parameter"]["Value"])

    @property
    def host(self) -> str:
        return urlsplit(self.portal_url).hostname or ""

    @property
    def is_https(self) -> bool:
        return self.portal_url.startswith("https://")

    @property
    def issuer(self) -> str:
        return f"https://cognito-idp.{self.aws_region}.amazonaws.com/{self.user_pool_id}"

    @property
    def jwks_url(self) -> str:
        return self.cognito_jwks_url or f"{self.issuer}/.well-known/jwks.json"

    @property
    def images_origin(self) -> str:
        """Where signed picture URLs point to: the only foreign origin that pages may show."""
        return (
            self.aws_endpoint_url
            or f"https://{self.images_bucket}.s3.amazonaws.com"
            f" https://{self.images_bucket}.s3.{self.aws_region}.amazonaws.com"
        )


env = Environment()
