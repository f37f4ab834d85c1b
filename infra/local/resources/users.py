"""The Cognito user pool, the web page's client of it, the groups and the demo accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import Person
from pipeline.core.keys.tokens import TOKEN_LIFETIME

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

GROUPS = {
    "viewer": "May look at tasks, users and queues",
    "operator": "May also retry tasks and redrive messages",
    "admin": "May also manage users and operators",
}

API_SCOPE = "spotter/recognise"
"""The scope of programs, as `modules/auth` names it."""

# Public passwords are safe: these accounts exist only on 127.0.0.1.
PEOPLE = [
    Person(email="demo@example.com", password="Spotter-demo-1", group=""),
    Person(email="viewer@example.com", password="Spotter-viewer-1", group="viewer"),
    Person(email="operator@example.com", password="Spotter-operator-1", group="operator"),
    Person(email="admin@example.com", password="Spotter-admin-1", group="admin"),
]


@dataclass(frozen=True)
class UserPool:
    """The user pool and its clients."""

    pool_id: str
    arn: str
    client_id: str
    keys_client_id: str

    @property
    def variables(self) -> dict[str, str]:
        """What functions know of it."""
        return {"USER_POOL_ID": self.pool_id, "KEYS_CLIENT_ID": self.keys_client_id}


def create_user_pool(clients: Clients) -> UserPool:
    cognito = clients.cognito
    pool_id = _find_pool(cognito) or _create_pool(cognito)
    arn = f"arn:aws:cognito-idp:{names.FIRST_REGION}:{names.ACCOUNT_ID}:userpool/{pool_id}"
    _create_groups(cognito, pool_id)
    _create_accounts(cognito, pool_id)
    if _find_client(cognito, pool_id, names.PROGRAM_CLIENT) is None:
        _create_program(cognito, pool_id)
    return UserPool(
        pool_id,
        arn,
        client_id=_find_client(cognito, pool_id, names.SPA_CLIENT)
        or _create_client(cognito, pool_id),
        keys_client_id=_find_client(cognito, pool_id, names.KEYS_CLIENT)
        or _create_keys_client(cognito, pool_id),
    )


def _find_pool(cognito: CognitoIdentityProviderClient) -> str | None:
    pools = cognito.list_user_pools(MaxResults=60)["UserPools"]
    return next((pool["Id"] for pool in pools if pool["Name"] == names.USER_POOL), None)


def _create_pool(cognito: CognitoIdentityProviderClient) -> str:
    response = cognito.create_user_pool(
        PoolName=names.USER_POOL,
        UsernameAttributes=["email"],
        AutoVerifiedAttributes=["email"],
        Policies={
            "PasswordPolicy": {
                "MinimumLength": 12,
                "RequireLowercase": True,
                "RequireUppercase": True,
                "RequireNumbers": True,
                "RequireSymbols": False,
            }
        },
        AccountRecoverySetting={"RecoveryMechanisms": [{"Name": "verified_email", "Priority": 1}]},
    )
    return response["UserPool"]["Id"]


def _find_client(cognito: CognitoIdentityProviderClient, pool_id: str, name: str) -> str | None:
    found = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    return next((c["ClientId"] for c in found if c["ClientName"] == name), None)


def _create_client(cognito: CognitoIdentityProviderClient, pool_id: str) -> str:
    response = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=names.SPA_CLIENT,
        # A web page cannot keep a secret.
        GenerateSecret=False,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
        IdTokenValidity=60,
        AccessTokenValidity=60,
        RefreshTokenValidity=30,
        TokenValidityUnits={"IdToken": "minutes", "AccessToken": "minutes", "RefreshToken": "days"},
    )
    return response["UserPoolClient"]["ClientId"]


def _create_keys_client(cognito: CognitoIdentityProviderClient, pool_id: str) -> str:
    """The client at which API keys are exchanged. Only the exchange knows its secret."""
    response = cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=names.KEYS_CLIENT,
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"],
        PreventUserExistenceErrors="ENABLED",
        IdTokenValidity=int(TOKEN_LIFETIME.total_seconds() // 60),
        AccessTokenValidity=5,
        RefreshTokenValidity=1,
        TokenValidityUnits={
            "IdToken": "minutes",
            "AccessToken": "minutes",
            "RefreshToken": "hours",
        },
    )
    return response["UserPoolClient"]["ClientId"]


def _create_program(cognito: CognitoIdentityProviderClient, pool_id: str) -> None:
    """A client for a program that signs in as itself, as `machine_clients` makes on AWS."""
    server, scope = API_SCOPE.split("/")
    cognito.create_resource_server(
        UserPoolId=pool_id,
        Identifier=server,
        Name="Spotter API",
        Scopes=[{"ScopeName": scope, "ScopeDescription": "Send pictures and read their results"}],
    )
    cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName=names.PROGRAM_CLIENT,
        GenerateSecret=True,
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthScopes=[API_SCOPE],
        AccessTokenValidity=60,
        TokenValidityUnits={"AccessToken": "minutes"},
    )


def _create_groups(cognito: CognitoIdentityProviderClient, pool_id: str) -> None:
    there = {g["GroupName"] for g in cognito.list_groups(UserPoolId=pool_id)["Groups"]}
    for precedence, (name, description) in enumerate(GROUPS.items()):
        if name not in there:
            cognito.create_group(
                GroupName=name,
                UserPoolId=pool_id,
                Description=description,
                Precedence=precedence,
            )


def _create_accounts(cognito: CognitoIdentityProviderClient, pool_id: str) -> None:
    for person in PEOPLE:
        try:
            cognito.admin_create_user(
                UserPoolId=pool_id,
                Username=person.email,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": person.email},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        except cognito.exceptions.UsernameExistsException:
            continue
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=person.email, Password=person.password, Permanent=True
        )
        if person.group:
            cognito.admin_add_user_to_group(
                UserPoolId=pool_id, Username=person.email, GroupName=person.group
            )
