"""Compares real answers with the committed OpenAPI document."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from openapi_schema_validator import OAS31Validator, oas31_format_checker

DOCUMENT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "docs" / "api" / "openapi.json").read_text("utf-8")
)


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
