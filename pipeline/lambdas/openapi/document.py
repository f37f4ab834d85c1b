"""docs/api/openapi.json: what the functions do, for people and their tools (OpenAPI 3.1)."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from pipeline.lambdas import delete_result, get_result, list_results, retry_result, upload
from pipeline.lambdas.openapi import texts
from pipeline.lambdas.openapi.operations import OPERATIONS, SECURITY_SCHEME, build_responses
from pipeline.lambdas.openapi.problems import PROBLEMS, TASK_ERRORS
from pipeline.lambdas.problems import Problem
from pipeline.lambdas.schemas import TaskPage, TaskReference, TaskState, TaskView, UploadTicket
from pipeline.lambdas.upload_request import UploadRequest

FUNCTIONS: tuple[ModuleType, ...] = (
    upload,
    list_results,
    get_result,
    delete_result,
    retry_result,
)

_PROJECT = Path(__file__).parents[3] / "pyproject.toml"

_MODELS: list[tuple[type[BaseModel], JsonSchemaMode]] = [
    (UploadRequest, "validation"),
    (UploadTicket, "serialization"),
    (TaskReference, "serialization"),
    (TaskState, "serialization"),
    (TaskView, "serialization"),
    (TaskPage, "serialization"),
    (Problem, "validation"),  # What is not set is left out
]


def build_document() -> dict[str, Any]:
    """Join routes and parameters of the functions with schemas, texts and examples."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Spotter",
            "version": tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"],
            "summary": "Send a picture, learn what is in it",
            "description": texts.INTRODUCTION + _build_code_table(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [
            {
                "url": "https://{host}",
                "description": "Host and stage of your installation",
                "variables": {"host": {"default": "api.example.com/v1"}},
            }
        ],
        "tags": [{"name": name, "description": text} for name, text in texts.TAGS.items()],
        "security": [{SECURITY_SCHEME: []}],
        "paths": _build_paths(),
        "components": {
            "schemas": _build_schemas(),
            "securitySchemes": {
                SECURITY_SCHEME: {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "ID token of a signed-in user (Amazon Cognito)",
                }
            },
        },
    }


def find_functions() -> dict[str, str]:
    """The function of each operation; it is named after its file."""
    return {
        operation_id: module.__name__.rsplit(".", 1)[-1]
        for module in FUNCTIONS
        for _, _, operation_id, _ in _find_operations(module)
    }


def _find_operations(module: ModuleType) -> Iterator[tuple[str, str, str, list[Any]]]:
    """Path, method, operation id and parameters of a function's routes."""
    generated = json.loads(module.app.get_openapi_json_schema())["paths"]
    for path, methods in generated.items():
        for method, operation in methods.items():
            yield path, method, operation["operationId"], operation.get("parameters", [])


def _build_paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for module in FUNCTIONS:
        for path, method, operation_id, parameters in _find_operations(module):
            paths.setdefault(path, {})[method] = _build_operation(operation_id, parameters)
    return paths


def _build_operation(operation_id: str, parameters: list[Any]) -> dict[str, Any]:
    tag, summary, description = texts.OPERATIONS[operation_id]
    operation = OPERATIONS[operation_id]
    result: dict[str, Any] = {
        "operationId": operation_id,
        "tags": [tag],
        "summary": summary,
        "description": description,
        "parameters": [_build_parameter(each) for each in parameters],
    }
    if operation.request_body:
        result["requestBody"] = operation.request_body
    result["responses"] = build_responses(operation)
    return result


def _build_parameter(generated: dict[str, Any]) -> dict[str, Any]:
    names = {name.lower(): name for name in texts.PARAMETERS}
    name = names[generated["name"].lower()]  # Powertools writes header names in small letters
    schema = _tidy(generated["schema"])
    if "anyOf" in schema:  # A parameter that is not sent; null cannot be sent
        [schema] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    return {
        "name": name,
        "in": generated["in"],
        "required": generated["required"],
        "description": texts.PARAMETERS[name],
        "schema": schema,
    }


def _build_schemas() -> dict[str, Any]:
    _, generated = models_json_schema(_MODELS, ref_template="#/components/schemas/{model}")
    schemas = {_publish(name): _tidy(schema) for name, schema in generated["$defs"].items()}
    for name, fields in texts.FIELDS.items():
        for field, text in fields.items():
            schemas[name]["properties"][field]["description"] = text
        if name not in ("UploadRequest", "Problem"):
            _require_all(schemas[name])
    schemas["TaskError"]["properties"]["code"]["enum"] = list(TASK_ERRORS)
    _finish_problem(schemas["Problem"])
    return dict(sorted(schemas.items()))


def _require_all(schema: dict[str, Any]) -> None:
    """An answer has all its members, also those that have a default in our code."""
    schema["required"] = list(schema["properties"])
    for each in schema["properties"].values():
        each.pop("default", None)


def _finish_problem(schema: dict[str, Any]) -> None:
    """Optional members of a problem are left out, never null."""
    properties = schema["properties"]
    for field in ("instance", "errors"):
        nullable = properties[field].pop("anyOf")
        properties[field] = {**nullable[0], **properties[field]}
        properties[field].pop("default")
    properties["code"]["enum"] = sorted(PROBLEMS)
    schema["required"] = [field for field in properties if field not in ("instance", "errors")]


def _publish(name: str) -> str:
    """`TaskView` is the view of a task for the API, and the API's only task."""
    return name.removesuffix("View")


def _tidy(schema: Any) -> Any:
    """Take out what pydantic adds for itself, and write whole numbers as such."""
    if isinstance(schema, dict):
        return {
            key: _publish(value) if key == "$ref" else _tidy(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if isinstance(schema, float) and schema.is_integer():
        return int(schema)
    return schema


def _build_code_table() -> str:
    rows = [
        f"| `{code}` | {problem.status} | {problem.detail} |"
        for code, problem in sorted(PROBLEMS.items())
    ]
    failures = [f"| `{code}` | {message} |" for code, message in TASK_ERRORS.items()]
    return "\n".join(
        [
            "\n| code | status | what it says |",
            "| --- | --- | --- |",
            *rows,
            "\nA picture is looked at after it was accepted. What is wrong with it then is said by"
            " `error.code` of the failed task:\n",
            "| error.code | what it says |",
            "| --- | --- |",
            *failures,
            "",
        ]
    )
