"""docs/api/gateway.json: the same routes as API Gateway imports them (OpenAPI 3.0).

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html

Placeholders in `${}` are filled by whoever creates the API: `user_pool_arn`, `spa_origin`, and
`<function>_invoke_arn` of each function.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pipeline.core.errors import PipelineError
from pipeline.core.images import CONTENT_TYPE_ALIASES, CONTENT_TYPES
from pipeline.lambdas.bodies import BYTES
from pipeline.lambdas.headers import ALLOWED_HEADERS
from pipeline.lambdas.openapi.document import OPEN_OPERATIONS, SECURITY_SCHEME
from pipeline.lambdas.problems import (
    MEDIA_TYPE,
    BadRequestError,
    ForbiddenError,
    GatewayTimeoutError,
    MethodNotAllowedError,
    PayloadTooLargeError,
    RouteNotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.statuses import build_problem

_TIMEOUT_MS = 29_000  # The most that API Gateway waits
_PREFLIGHT_SECONDS = 7200  # The longest that Chrome remembers

_COMPRESSED_BYTES = 1024
"""Larger answers are compressed for clients that accept it: a list of results has 20 to 200 KB."""

_ALLOWED_HEADERS = ",".join(["Authorization", "Content-Type", *ALLOWED_HEADERS])
_EXPOSED_HEADERS = "Retry-After"

_GATEWAY_RESPONSES: dict[str, type[PipelineError]] = {
    "ACCESS_DENIED": ForbiddenError,
    "API_CONFIGURATION_ERROR": PipelineError,
    "AUTHORIZER_CONFIGURATION_ERROR": PipelineError,
    "AUTHORIZER_FAILURE": PipelineError,
    "BAD_REQUEST_BODY": BadRequestError,
    "BAD_REQUEST_PARAMETERS": BadRequestError,
    "DEFAULT_4XX": BadRequestError,
    # A function that gave no answer: its process died, or Lambda had no room for it. A repeat helps
    "DEFAULT_5XX": ServiceUnavailableError,
    "EXPIRED_TOKEN": UnauthorizedError,
    "INTEGRATION_FAILURE": GatewayTimeoutError,
    "INTEGRATION_TIMEOUT": GatewayTimeoutError,
    "INVALID_API_KEY": ForbiddenError,
    "INVALID_SIGNATURE": ForbiddenError,
    # What API Gateway calls a path or method that does not exist
    "MISSING_AUTHENTICATION_TOKEN": RouteNotFoundError,
    "QUOTA_EXCEEDED": TooManyRequestsError,
    "REQUEST_TOO_LARGE": PayloadTooLargeError,
    "RESOURCE_NOT_FOUND": RouteNotFoundError,
    "THROTTLED": TooManyRequestsError,
    "UNAUTHORIZED": UnauthorizedError,
    "UNSUPPORTED_MEDIA_TYPE": UnsupportedMediaTypeError,
    "WAF_FILTERED": ForbiddenError,
}


def build_gateway_document(
    document: dict[str, Any], functions: Mapping[str, str]
) -> dict[str, Any]:
    """Derive API Gateway's document: routes, security, integrations, errors; no schemas.

    Args:
        functions: Name of the function of each operation id.
    """
    return {
        "openapi": "3.0.1",
        "info": {"title": document["info"]["title"], "version": document["info"]["version"]},
        "paths": {
            path: _build_path(methods, functions) for path, methods in document["paths"].items()
        },
        "components": {
            "securitySchemes": {
                SECURITY_SCHEME: {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "x-amazon-apigateway-authtype": "cognito_user_pools",
                    "x-amazon-apigateway-authorizer": {
                        "type": "cognito_user_pools",
                        "providerARNs": ["${user_pool_arn}"],
                    },
                }
            }
        },
        # By name, not image/*: of any other type a function only wants to know that it came.
        "x-amazon-apigateway-binary-media-types": [BYTES, *CONTENT_TYPES, *CONTENT_TYPE_ALIASES],
        "x-amazon-apigateway-minimum-compression-size": _COMPRESSED_BYTES,
        "x-amazon-apigateway-gateway-responses": {
            kind: _build_gateway_response(error()) for kind, error in _GATEWAY_RESPONSES.items()
        },
    }


def _build_path(methods: dict[str, Any], functions: Mapping[str, str]) -> dict[str, Any]:
    path = {
        method: _build_method(operation, functions[operation["operationId"]])
        for method, operation in methods.items()
    }
    if "get" in path:
        # The function answers as to GET, without the body.
        path["head"] = {**path["get"], "operationId": f"{path['get']['operationId']}Head"}
    allowed = [*(method.upper() for method in path), "OPTIONS"]
    # Browsers send no token with a preflight, so it has no security.
    path["options"] = _build_preflight(allowed)
    path["x-amazon-apigateway-any-method"] = _build_other_method(allowed)
    parameters = _build_path_parameters(next(iter(methods.values())))
    return {method: {**parameters, **operation} for method, operation in path.items()}


def _build_path_parameters(operation: dict[str, Any]) -> dict[str, Any]:
    names = [each["name"] for each in operation["parameters"] if each["in"] == "path"]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]
    return {"parameters": parameters} if parameters else {}


def _build_method(operation: dict[str, Any], function: str) -> dict[str, Any]:
    is_open = operation["operationId"] in OPEN_OPERATIONS
    return {
        "operationId": operation["operationId"],
        **({} if is_open else {"security": [{SECURITY_SCHEME: []}]}),
        "responses": {"default": {"description": "See openapi.json"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",  # The call to Lambda is always a POST
            "uri": f"${{{function}_invoke_arn}}",
            "passthroughBehavior": "when_no_match",
            "timeoutInMillis": _TIMEOUT_MS,
        },
    }


def _build_preflight(methods: list[str]) -> dict[str, Any]:
    headers = {
        "Access-Control-Allow-Origin": "${spa_origin}",
        "Access-Control-Allow-Methods": ",".join(methods),
        "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
    }
    return _build_mock(HTTPStatus.NO_CONTENT, "The web page may send the request", headers)


def _build_other_method(methods: list[str]) -> dict[str, Any]:
    """The answer to all other methods of a path. It calls no function."""
    error = MethodNotAllowedError()
    headers = {
        "Allow": ", ".join(methods),
        "Content-Type": MEDIA_TYPE,
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "${spa_origin}",
    }
    body = build_problem(error).model_dump_json(exclude_none=True)
    mock = _build_mock(HTTPStatus.METHOD_NOT_ALLOWED, "The path has no such method", headers, body)
    return {"security": [{SECURITY_SCHEME: []}], **mock}


def _build_mock(
    status: HTTPStatus, description: str, headers: Mapping[str, str], body: str = ""
) -> dict[str, Any]:
    """An operation that API Gateway answers itself."""
    answer: dict[str, Any] = {
        "statusCode": str(status.value),
        "responseParameters": {
            f"method.response.header.{name}": f"'{value}'" for name, value in headers.items()
        },
    }
    if body:
        answer["responseTemplates"] = {"application/json": body}
    return {
        "responses": {
            str(status.value): {
                "description": description,
                "headers": {name: {"schema": {"type": "string"}} for name in headers},
            }
        },
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "passthroughBehavior": "when_no_match",
            # Without it a body of one of the binary types would be an error of the gateway.
            "contentHandling": "CONVERT_TO_TEXT",
            "requestTemplates": {"application/json": f'{{"statusCode": {status.value}}}'},
            "responses": {"default": answer},
        },
    }


def _build_gateway_response(error: PipelineError) -> dict[str, Any]:
    problem = build_problem(error)
    headers = {
        "Content-Type": MEDIA_TYPE,
        "Cache-Control": "no-store",
        "Access-Control-Allow-Origin": "${spa_origin}",
        "Access-Control-Expose-Headers": _EXPOSED_HEADERS,
    }
    if isinstance(error, TooManyRequestsError | ServiceUnavailableError):
        headers["Retry-After"] = "1"
    if isinstance(error, UnauthorizedError):
        headers["WWW-Authenticate"] = "Bearer"
    return {
        "statusCode": problem.status,
        "responseParameters": {
            f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()
        },
        "responseTemplates": {"application/json": problem.model_dump_json(exclude_none=True)},
    }
