"""Uploads as the tests of the function `upload` send them."""

import json
from typing import Any

from pipeline.core.queue import TaskMessage, TaskQueue
from pipeline.lambdas.bodies import BYTES
from pipeline.lambdas.upload import handler
from tests.lambdas.events import Answer, request
from tests.pictures import build_quadrants, encode

JPEG = encode(build_quadrants(), "JPEG")
PNG = encode(build_quadrants(), "PNG")
PRIVATE = encode(build_quadrants(), "JPEG", comment=b"a private comment")
FORM = {"contentType": "image/jpeg", "sizeBytes": 1000}


def post_form(body: Any = FORM, key: str | None = None, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    return request(handler, "POST", "/upload", body=body, headers=headers, **parts)


def post_image(
    image: bytes | None = JPEG,
    content_type: str = "image/jpeg",
    key: str | None = None,
    *,
    path: str = "/upload",
    prefer: str | None = None,
    **parts: Any,
) -> Answer:
    headers = {"Content-Type": content_type}
    if key is not None:
        headers["Idempotency-Key"] = key
    if prefer is not None:
        headers["Prefer"] = prefer
    return request(handler, "POST", path, body=image, headers=headers, **parts)


def post_picture(image: bytes | None = JPEG, content_type: str = BYTES, **parts: Any) -> Answer:
    return post_image(image, content_type, path="/pictures", **parts)


def receive(queue: TaskQueue) -> list[str]:
    bodies = [delivery.body for delivery in queue.receive(max_messages=10)]
    return [TaskMessage.model_validate_json(body).task_id for body in bodies]
