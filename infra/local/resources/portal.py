"""What the portal needs in the account: its tables, a client of the user pool, a key of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.access import POLICY_NAME, PolicyArns, read_policy
from infra.local.resources.images import IMAGES_ARN
from infra.local.resources.queues import Queues
from infra.local.resources.users import UserPool
from infra.local.state import AccessKey

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CLIENT_NAME = f"{names.PREFIX}-portal"
USER = f"{names.PREFIX}-portal"

TABLES = {
    f"{table.upper()}_TABLE": f"{names.PREFIX}-{table}"
    for table in ("operators", "sessions", "audit", "runs")
}
"""Variable to table name."""


@dataclass(frozen=True)
class PortalArns(PolicyArns):
    """What the placeholders of the portal's policy stand for."""

    dead_letter_queue_arn: str
    user_pool_arn: str
    worker_group_arn: str
    operators_table_arn: str
    sessions_table_arn: str
    audit_table_arn: str
    runs_table_arn: str


@dataclass(frozen=True)
class PortalClient:
    """The portal at the user pool: a client that keeps a secret."""

    client_id: str
    client_secret: str


def create_portal_tables(variables: dict[str, str]) -> None:
    """Create the tables that the portal's own models describe."""
    os.environ.update({name: variables[name] for name in variables if name not in os.environ})
    # Only now: the models read their names from the environment when they are imported.
    from portal.tables import TABLES as MODELS

    for model in MODELS:
        if not model.exists():
            model.create_table(wait=True)


def create_portal_client(clients: Clients, users: UserPool, portal_url: str) -> PortalClient:
    """Create the client, or tell the one that is there where the portal answers now."""
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


def create_portal_key(clients: Clients, queues: Queues, users: UserPool) -> AccessKey:
    """A fresh access key of the portal's own user, who may do what its policy says."""
    arns = PortalArns(
        images_bucket_arn=IMAGES_ARN,
        tasks_table_arn=_build_table_arn(names.TASKS_TABLE),
        task_queue_arn=queues.tasks.arn,
        dead_letter_queue_arn=queues.dead_letters.arn,
        user_pool_arn=users.arn,
        worker_group_arn=f"arn:aws:autoscaling:{names.REGION}:{names.ACCOUNT_ID}:autoScalingGroup:*"
        f":autoScalingGroupName/{names.WORKER_GROUP}",
        **{f"{name.lower()}_arn": _build_table_arn(table) for name, table in TABLES.items()},
    )
    iam = clients.iam
    try:
        iam.create_user(UserName=USER)
    except iam.exceptions.EntityAlreadyExistsException:
        for old in iam.list_access_keys(UserName=USER)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=USER, AccessKeyId=old["AccessKeyId"])
    iam.put_user_policy(
        UserName=USER, PolicyName=POLICY_NAME, PolicyDocument=read_policy("portal", arns)
    )
    key = iam.create_access_key(UserName=USER)["AccessKey"]
    return AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])


def _find_client(cognito: CognitoIdentityProviderClient, pool_id: str) -> str | None:
    found = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return next((c["ClientId"] for c in found if c["ClientName"] == CLIENT_NAME), None)


def _build_table_arn(table: str) -> str:
    return f"arn:aws:dynamodb:{names.REGION}:{names.ACCOUNT_ID}:table/{table}"
