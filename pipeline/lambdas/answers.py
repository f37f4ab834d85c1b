"""Descriptions of a route's answers, for its decorator and the OpenAPI document."""

from collections.abc import Sequence
from typing import Any

from aws_lambda_powertools.event_handler.openapi.types import (
    COMPONENT_REF_PREFIX,
    OpenAPIResponse,
    OpenAPIResponseHeader,
)

from pipeline.core.errors import PipelineError
from pipeline.lambdas.problems import (
    MEDIA_TYPE,
    BadRequestError,
    FieldError,
    ForbiddenError,
    GatewayTimeoutError,
    InvalidRequestError,
    KeyScopeMissingError,
    RequestTooLargeError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
)
from pipeline.lambdas.statuses import build_problem

Answers = dict[int, OpenAPIResponse]
"""Responses by HTTP status."""

EVERYWHERE: tuple[type[PipelineError], ...] = (
    BadRequestError,
    InvalidRequestError,
    UnauthorizedError,
    ForbiddenError,
    KeyScopeMissingError,
    RequestTooLargeError,
    TooManyRequestsError,
    PipelineError,
    ServiceUnavailableError,
    GatewayTimeoutError,
)
"""Errors that every route can answer with, those of API Gateway included."""

LOCATION: dict[str, OpenAPIResponseHeader] = {
    "Location": {
        "description": "Address of the task, relative to the address of this request.",
        "schema": {"type": "string"},
    }
}

REPLAYED: dict[str, OpenAPIResponseHeader] = {
    "Idempotent-Replayed": {
        "description": "`true` if an earlier request with the same Idempotency-Key made the task.",
        "schema": {"type": "string"},
    }
}

APPLIED: dict[str, OpenAPIResponseHeader] = {
    "Preference-Applied": {
        "description": "The wish in `Prefer` that was followed, such as `wait=10`.",
        "schema": {"type": "string"},
    }
}

TASK_LINKS = {
    operation_id: {
        "operationId": operation_id,
        "parameters": {"taskId": "$response.body#/taskId"},
    }
    for operation_id in ("getResult", "deleteResult")
}
"""Where the `taskId` of an answer leads."""

_EXAMPLE_FIELDS = [
    FieldError(location="body.maxLabels", detail="Input should be less than or equal to 100")
]
_EXAMPLE_REQUEST = "urn:uuid:c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
_RETRY_STATUSES = (429, 503)


def retry_after(description: str) -> dict[str, OpenAPIResponseHeader]:
    """Document the header Retry-After."""
    return {"Retry-After": {"description": description, "schema": {"type": "string"}}}


def refuse(*kinds: type[PipelineError]) -> Answers:
    """Document the errors of a route, and those that every route has, with an example of each."""
    problems = [_build_example(kind) for kind in dict.fromkeys((*EVERYWHERE, *kinds))]
    statuses = sorted({problem["status"] for problem in problems})
    return {
        status: _build_refusal(status, [each for each in problems if each["status"] == status])
        for status in statuses
    }


def _build_example(kind: type[PipelineError]) -> dict[str, Any]:
    error = InvalidRequestError(_EXAMPLE_FIELDS) if kind is InvalidRequestError else kind()
    return build_problem(error, _EXAMPLE_REQUEST).model_dump(exclude_none=True)


def _build_refusal(status: int, problems: Sequence[dict[str, Any]]) -> OpenAPIResponse:
    codes = ", ".join(f"`{problem['code']}`" for problem in problems)
    response: OpenAPIResponse = {
        "description": f"{problems[0]['title']}: {codes}",
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": f"{COMPONENT_REF_PREFIX}Problem"},
                "examples": {problem["code"]: {"value": problem} for problem in problems},
            }
        },
    }
    if status in _RETRY_STATUSES:
        response["headers"] = retry_after("Seconds to wait before you send the same request again.")
    return response
