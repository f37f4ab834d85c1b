"""The WebSocket API: where users open a socket and where messages for it are sent to.

modules/live creates the same on AWS.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.local import names
from infra.local.clients import Clients

PING_REQUEST = {"200": '{"statusCode": 200}'}
PING_ANSWER = {"200": '{"type": "pong"}'}


def build_endpoint(endpoint: str) -> str:
    """Where messages are sent to."""
    return f"{endpoint}/_aws/execute-api/{names.LIVE_API_ID}/{names.LIVE_STAGE}"


def build_url(endpoint: str) -> str:
    """Where a user opens a socket."""
    return build_endpoint(endpoint).replace("http", "ws", 1)


def build_execution_arn() -> str:
    """The ARN of all routes of the API, for the permission of a function."""
    api = f"{names.REGION}:{names.ACCOUNT_ID}:{names.LIVE_API_ID}"
    return f"arn:aws:execute-api:{api}/*"


def build_api_arn() -> str:
    """The ARN of the API's stage. Methods and routes follow it."""
    return build_execution_arn().replace("*", names.LIVE_STAGE)


def create_live_api(clients: Clients, invoke_arns: Mapping[str, str]) -> None:
    """Create the API, or replace the one of an earlier start.

    Args:
        invoke_arns: Function to the ARN that an integration calls.
    """
    client = clients.apigatewayv2
    for api in client.get_apis(MaxResults="500")["Items"]:
        if api["ApiId"] == names.LIVE_API_ID:
            client.delete_api(ApiId=names.LIVE_API_ID)
    client.create_api(
        Name=f"{names.PREFIX}-live",
        ProtocolType="WEBSOCKET",
        RouteSelectionExpression="$request.body.action",
        # ministack takes the API's id from this tag.
        Tags={"ms-custom-id": names.LIVE_API_ID},
    )
    authorizer = client.create_authorizer(
        ApiId=names.LIVE_API_ID,
        Name="ticket",
        AuthorizerType="REQUEST",
        AuthorizerUri=invoke_arns["authorize_socket"],
        IdentitySource=["route.request.querystring.ticket"],
    )["AuthorizerId"]
    serve = _integrate(
        client, IntegrationType="AWS_PROXY", IntegrationUri=invoke_arns["serve_socket"]
    )
    _add_route(client, "$connect", serve, AuthorizationType="CUSTOM", AuthorizerId=authorizer)
    _add_route(client, "$disconnect", serve)
    _add_ping(client)
    client.create_stage(ApiId=names.LIVE_API_ID, StageName=names.LIVE_STAGE, AutoDeploy=True)


def _add_ping(client: Any) -> None:
    """Answer a ping without any function."""
    ping = _integrate(
        client,
        IntegrationType="MOCK",
        TemplateSelectionExpression="200",
        RequestTemplates=PING_REQUEST,
    )
    client.create_integration_response(
        ApiId=names.LIVE_API_ID,
        IntegrationId=ping,
        IntegrationResponseKey="/200/",
        TemplateSelectionExpression="200",
        ResponseTemplates=PING_ANSWER,
    )
    route = _add_route(client, "ping", ping, RouteResponseSelectionExpression="$default")
    client.create_route_response(
        ApiId=names.LIVE_API_ID, RouteId=route, RouteResponseKey="$default"
    )


def _integrate(client: Any, **integration: Any) -> str:
    created = client.create_integration(ApiId=names.LIVE_API_ID, **integration)
    return str(created["IntegrationId"])


def _add_route(client: Any, key: str, integration: str, **route: Any) -> str:
    created = client.create_route(
        ApiId=names.LIVE_API_ID, RouteKey=key, Target=f"integrations/{integration}", **route
    )
    return str(created["RouteId"])
