"""Events as API Gateway (REST, proxy integration) and S3 send them, and the answers to them."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.images import CONTENT_TYPES, normalize_content_type
from pipeline.lambdas.bodies import BYTES
from pipeline.lambdas.telemetry import Handler
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.lambdas.contract import check_answer, find_operation

STAGE = "v1"
REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"


@dataclass(frozen=True)
class Context:
    """What Lambda tells a function about its run."""

    function_name: str = "function"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:function"
    aws_request_id: str = "8e8f9c1a-0000-4000-8000-000000000000"
    remaining_ms: int = 30_000

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining_ms


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any  # Parsed JSON, None if there is none


def build_event(
    method: str,
    path: str,
    *,
    body: bytes | str | None = None,
    query: Mapping[str, str | Sequence[str]] | None = None,
    headers: Mapping[str, str] | None = None,
    owner_id: str | None = OWNER_ID,
    claims: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A request as the gateway passes it: pictures in base64, with the claims of the token."""
    headers = {"Origin": settings.spa_origin, **(headers or {})}
    values = {
        name: [value] if isinstance(value, str) else list(value)
        for name, value in (query or {}).items()
    }
    content_type = normalize_content_type(headers.get("Content-Type", ""))
    is_picture = content_type in (BYTES, *CONTENT_TYPES)
    if isinstance(body, bytes):
        body = base64.b64encode(body).decode() if is_picture else body.decode(errors="replace")
    authorizer = (
        {"claims": {"sub": owner_id, "token_use": "id", **(claims or {})}} if owner_id else None
    )
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: several[-1] for name, several in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3",
            "authorizer": authorizer,
            "httpMethod": method,
            "identity": {"sourceIp": "192.0.2.1", "userAgent": "tests"},
            "path": f"/{STAGE}{path}",
            "protocol": "HTTP/1.1",
            "requestId": REQUEST_ID,
            "resourcePath": path,
            "stage": STAGE,
        },
        "body": body,
        "isBase64Encoded": is_picture and body is not None,
    }


def build_storage_event(*image_keys: str) -> dict[str, Any]:
    """S3's event of new objects. It encodes their keys like a form."""
    return {
        "Records": [
            {
                "eventSource": "aws:s3",
                "eventName": "ObjectCreated:Post",
                "s3": {
                    "bucket": {"name": "images"},
                    "object": {"key": quote_plus(key), "size": 1000},
                },
            }
            for key in image_keys
        ]
    }


def call(handler: Handler, event: dict[str, Any], *, remaining_ms: int = 30_000) -> Any:
    """Run a function as Lambda does."""
    return handler(event, cast(LambdaContext, Context(remaining_ms=remaining_ms)))


def request(handler: Handler, method: str, path: str, **parts: Any) -> Answer:
    """Send a request to a function of the API; its answer must be a documented one.

    Args:
        parts: Those of `build_event`.
    """
    response = call(handler, build_event(method, path, **parts))
    answer = Answer(
        status=int(response["statusCode"]),
        headers={name: values[0] for name, values in response["multiValueHeaders"].items()},
        body=json.loads(response["body"]) if response.get("body") else None,
    )
    operation = find_operation(method, path)
    if operation:
        check_answer(operation, answer.status, answer.headers, answer.body)
    return answer


def get_metrics(output: str) -> dict[str, float]:
    """The metrics among the lines that a function printed, by name and error code."""
    documents = [json.loads(line) for line in output.splitlines() if '"_aws"' in line]
    totals: dict[str, float] = {}
    for document in documents:
        for metric in document["_aws"]["CloudWatchMetrics"][0]["Metrics"]:
            name = " ".join(filter(None, [metric["Name"], document.get("code")]))
            totals[name] = totals.get(name, 0) + sum(document[metric["Name"]])
    return totals
