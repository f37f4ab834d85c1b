"""Compares real answers with the committed OpenAPI document."""

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker

_FOLDER = Path(__file__).parents[2] / "docs" / "api"
DOCUMENT: dict[str, Any] = json.loads((_FOLDER / "openapi.json").read_text("utf-8"))
GATEWAY_TEXT = (_FOLDER / "gateway.json").read_text("utf-8")
"""The same for API Gateway, with placeholders."""
GATEWAY: dict[str, Any] = json.loads(GATEWAY_TEXT)
INTEGRATION = "x-amazon-apigateway-integration"


def find_operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def find_operation(method: str, path: str) -> dict[str, Any] | None:
    """The documented operation of a request, None if there is no such route."""
    # As API Gateway does it: a path without parameters goes first.
    for template, methods in sorted(DOCUMENT["paths"].items(), key=lambda each: "{" in each[0]):
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            operation: dict[str, Any] | None = methods.get(method.lower())
            return operation
    return None


@cache
def build_validator(reference: str) -> OAS31Validator:
    schema = {"$ref": reference, "components": DOCUMENT["components"]}
    return OAS31Validator(schema, format_checker=oas31_format_checker)


def check_answer(
    operation: dict[str, Any], status: int, headers: dict[str, str], body: object
) -> None:
    """Fail on a status, content type, body or error code that the document does not have."""
    response = operation["responses"][str(status)]
    content = response.get("content")
    if content is None:
        assert body is None
        return
    documented = content[headers["Content-Type"]]
    build_validator(documented["schema"]["$ref"]).validate(body)
    if isinstance(body, dict) and "code" in body:
        # not_found is the answer to a path that fits no route, such as an id with odd characters.
        known = {*documented["examples"], "not_found"}
        assert body["code"] in known, f"{body['code']} is not documented"
