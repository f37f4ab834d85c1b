"""What each operation takes and answers, beside the parameters that its function declares."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from pipeline.core.images import CONTENT_TYPES, DIRECT_MAX_BYTES
from pipeline.lambdas.openapi import examples
from pipeline.lambdas.openapi.problems import PROBLEMS
from pipeline.lambdas.problems import MEDIA_TYPE

SECURITY_SCHEME = "idToken"

_REQUEST_ID = "urn:uuid:c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

_COMMON_PROBLEMS = (
    "bad_request",
    "unauthorized",
    "forbidden",
    "too_many_requests",
    "internal_error",
    "service_unavailable",
    "gateway_timeout",
)

_PICTURE_PROBLEMS = (
    "empty_image",
    "unsupported_format",
    "animated_image",
    "image_too_large",
    "too_many_pixels",
    "image_too_small",
    "unreadable_image",
)


@dataclass(frozen=True)
class Success:
    """An answer to a request that was accepted."""

    description: str
    schema: str | None = None
    examples: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    links: bool = False  # Whether the body's taskId leads to the other operations


@dataclass(frozen=True)
class Operation:
    """The answers of one route."""

    successes: dict[int, Success]
    problems: tuple[str, ...]
    request_body: dict[str, Any] | None = None


_LOCATION = {"Location": "Address of the task, relative to the address of this request."}

OPERATIONS: dict[str, Operation] = {
    "createUpload": Operation(
        successes={
            201: Success(
                "The task exists and waits for its picture: send it with the form.",
                "UploadTicket",
                {"form": examples.UPLOAD_TICKET},
                _LOCATION,
                links=True,
            ),
            202: Success(
                "The picture is stored and queued.",
                "TaskReference",
                {"picture": examples.TASK_REFERENCE},
                _LOCATION,
                links=True,
            ),
        },
        problems=(
            "idempotency_key_reused",
            "payload_too_large",
            "unsupported_media_type",
            "invalid_request",
            *_PICTURE_PROBLEMS,
            "too_many_in_flight",
        ),
        request_body={
            "required": True,
            "description": "The picture itself, or a description of it.",
            "content": {
                "application/json": {
                    "schema": {"$ref": "#/components/schemas/UploadRequest"},
                    "examples": {
                        "form": {"summary": "Ask for a form", "value": examples.FORM_REQUEST}
                    },
                },
                **{
                    content_type: {
                        "schema": {
                            "type": "string",
                            "format": "binary",
                            "description": f"The picture, up to {DIRECT_MAX_BYTES:,} bytes.",
                        }
                    }
                    for content_type in CONTENT_TYPES
                },
            },
        },
    ),
    "listResults": Operation(
        successes={200: Success("A page of tasks.", "TaskPage", {"page": examples.TASK_PAGE})},
        problems=("invalid_cursor", "invalid_request"),
    ),
    "getResult": Operation(
        successes={
            200: Success(
                "The task, finished or not.",
                "Task",
                examples.TASKS,
                {"Retry-After": "Seconds after which to ask again; only while it is not finished."},
            )
        },
        problems=("task_not_found",),
    ),
    "deleteResult": Operation(
        successes={204: Success("Picture and result are gone.")}, problems=("task_not_found",)
    ),
    "retryResult": Operation(
        successes={
            202: Success(
                "The task is queued again.",
                "TaskState",
                {"queued": examples.TASK_STATE},
                links=True,
            )
        },
        problems=("task_not_found", "task_not_retryable", "too_many_in_flight"),
    ),
}


def build_responses(operation: Operation) -> dict[str, Any]:
    """Every status that the operation can answer with, the gateway's own included."""
    codes = (*_COMMON_PROBLEMS, *operation.problems)
    statuses = sorted({PROBLEMS[code].status for code in codes})
    return {
        **{str(status): _build_success(each) for status, each in operation.successes.items()},
        **{
            str(status): _build_refusal(
                status, [code for code in codes if PROBLEMS[code].status == status]
            )
            for status in statuses
        },
    }


def _build_success(success: Success) -> dict[str, Any]:
    response: dict[str, Any] = {"description": success.description}
    if success.headers:
        response["headers"] = {
            name: {"description": text, "schema": {"type": "string"}}
            for name, text in success.headers.items()
        }
    if success.schema:
        response["content"] = {
            "application/json": {
                "schema": {"$ref": f"#/components/schemas/{success.schema}"},
                "examples": {name: {"value": value} for name, value in success.examples.items()},
            }
        }
    if success.links:
        response["links"] = {
            operation_id: {
                "operationId": operation_id,
                "parameters": {"taskId": "$response.body#/taskId"},
            }
            for operation_id in ("getResult", "deleteResult")
        }
    return response


def _build_refusal(status: int, codes: list[str]) -> dict[str, Any]:
    response: dict[str, Any] = {
        "description": f"{PROBLEMS[codes[0]].title}: " + ", ".join(f"`{code}`" for code in codes),
        "content": {
            MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"value": _build_example(code)} for code in codes},
            }
        },
    }
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        response["headers"] = {
            "Retry-After": {
                "description": "Seconds after which to send the same request again.",
                "schema": {"type": "string"},
            }
        }
    return response


def _build_example(code: str) -> dict[str, Any]:
    problem = PROBLEMS[code].model_copy(update={"instance": _REQUEST_ID})
    return problem.model_dump(mode="json", exclude_none=True)
