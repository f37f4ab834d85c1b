"""The portal's resources: its tables, its client of the user pool, its access key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.access import PolicyArns, add_policy, create_key
from infra.local.resources.alarms import (
    AGE_ALARM,
    DEPTH_ALARM,
    build_alarm_arn,
)
from infra.local.resources.images import IMAGES_ARN
from infra.local.resources.queues import Queues
from infra.local.resources.tables import create_table
from infra.local.resources.users import UserPool
from infra.local.state import AccessKey
from pipeline.core.dynamo import bind
from portal.tables import TABLES as MODELS

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CLIENT_NAME = f"{names.PREFIX}-portal"
USER = f"{names.PREFIX}-portal"

TABLES = {
    f"{table.upper()}_TABLE": f"{names.SHARED_PREFIX}-{table}"
    for table in ("operators", "sessions", "audit", "runs", "answers")
}
"""Environment variable to table name."""


@dataclass(frozen=True, kw_only=True)
class PortalArns(PolicyArns):
    """Values for the placeholders of the portal's policy."""

    dead_letter_queue_arn: str
    worker_group_arn: str
    alarms_arn: str
    operators_table_arn: str
    sessions_table_arn: str
    audit_table_arn: str
    runs_table_arn: str
    answers_table_arn: str
    page_bucket_arn: str = f"arn:aws:s3:::{names.PAGE_BUCKET}"


@dataclass(frozen=True)
class PortalClient:
    """The portal's client of the user pool, with a secret."""

    client_id: str
    client_secret: str


def create_portal_tables(clients: Clients) -> None:
    """Create the tables of the portal's models."""
    bind(names.REGION, {model: TABLES[name.upper()] for name, model in MODELS.items()})
    for model in MODELS.values():
        create_table(clients, model)


def create_portal_client(clients: Clients, users: UserPool, portal_url: str) -> PortalClient:
    """Create the client, or give an existing client the portal's present address."""
    cognito = clients.cognito
    client_id = _find_client(cognito, users.pool_id)
    if client_id is None:
        created = cognito.create_user_pool_client(
            UserPoolId=users.pool_id, ClientName=CLIENT_NAME, GenerateSecret=True
        )
        client_id = created["UserPoolClient"]["ClientId"]
    cognito.update_user_pool_client(
        UserPoolId=users.pool_id,
        ClientId=client_id,
        ClientName=CLIENT_NAME,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid", "email", "profile"],
        CallbackURLs=[f"{portal_url}/oidc/callback/"],
        LogoutURLs=[f"{portal_url}/"],
        SupportedIdentityProviders=["COGNITO"],
    )
    found = cognito.describe_user_pool_client(UserPoolId=users.pool_id, ClientId=client_id)
    return PortalClient(client_id, found["UserPoolClient"]["ClientSecret"])


def create_portal_key(
    clients: Clients, queues: Queues, users: UserPool, *, has_regions: bool
) -> AccessKey:
    """Make a new access key for the portal's own user.

    Args:
        has_regions: Whether there are two regions. Then the portal may do more.
    """
    arns = PortalArns(
        images_bucket_arn=IMAGES_ARN,
        tasks_table_arn=names.build_table_arn(names.TASKS_TABLE),
        streams_table_arn=names.build_table_arn(names.STREAMS_TABLE),
        task_queue_arn=queues.tasks.arn,
        depth_alarm_arn=build_alarm_arn(DEPTH_ALARM),
        age_alarm_arn=build_alarm_arn(AGE_ALARM),
        completions_alarm_arn=build_alarm_arn(DEPTH_ALARM),
        dead_letter_queue_arn=queues.dead_letters.arn,
        user_pool_arn=users.arn,
        worker_group_arn=f"arn:aws:autoscaling:{names.REGION}:{names.ACCOUNT_ID}:autoScalingGroup:*"
        f":autoScalingGroupName/{names.WORKER_GROUP}",
        alarms_arn=f"arn:aws:cloudwatch:{names.REGION}:{names.ACCOUNT_ID}:alarm:{names.PREFIX}-*",
        **{f"{name.lower()}_arn": names.build_table_arn(table) for name, table in TABLES.items()},
    )
    key = create_key(clients, USER, "portal", arns)
    if has_regions:
        add_policy(clients, USER, "regions", "regions/portal", arns)
    return key


def _find_client(cognito: CognitoIdentityProviderClient, pool_id: str) -> str | None:
    found = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return next((c["ClientId"] for c in found if c["ClientName"] == CLIENT_NAME), None)
