"""docs/api/openapi.json: what the functions do, for people and their tools (OpenAPI 3.1).

Powertools writes the routes, parameters, answers and schemas that the functions declare. Added here
is what it cannot say: the introduction, whole examples, the codes of errors, and our names.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Any

from aws_lambda_powertools.event_handler.openapi.merge import OpenAPIMerge
from aws_lambda_powertools.event_handler.openapi.models import License, Server, ServerVariable
from aws_lambda_powertools.event_handler.openapi.types import (
    COMPONENT_REF_PREFIX,
    COMPONENT_REF_TEMPLATE,
)
from pydantic.json_schema import models_json_schema

from pipeline.core.errors import PermanentError, PipelineError
from pipeline.core.exports.errors import UnwrittenExportError
from pipeline.core.images import DIRECT_MAX_BYTES, MAX_BYTES
from pipeline.core.settings import RETENTION
from pipeline.lambdas import (
    account_defaults,
    cancel_result,
    correct_result,
    create_ticket,
    create_token,
    delete_account,
    delete_result,
    exports,
    get_result,
    health,
    keys,
    list_results,
    list_words,
    put_frame,
    result_versions,
    retry_result,
    similar_results,
    streams,
    upload,
    webhooks,
)
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.openapi.conventions import HEADERS, add_headers
from pipeline.lambdas.openapi.examples import add_examples
from pipeline.lambdas.openapi.parts import BODIES, TAGS
from pipeline.lambdas.openapi.webhooks import build_webhooks
from pipeline.lambdas.problems import (
    MEDIA_TYPE,
    MethodNotAllowedError,
    RouteNotFoundError,
)
from pipeline.lambdas.statuses import build_problem
from pipeline.lambdas.upload_request import IMAGE_LIMITS, MEBIBYTE

SECURITY_SCHEME = "idToken"
_ID_TOKEN = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "ID token of a signed-in user or of an API key. A program gets one from"
    " `POST /token` with an API key, every 15 minutes; make the key on the web page, under Account,"
    " or with `POST /keys`. A person signs in at the Amazon Cognito user pool of your installation"
    " with SRP (`InitiateAuth` with `USER_SRP_AUTH`; libraries of AWS do it), takes `IdToken` of"
    " the answer, and renews it with `REFRESH_TOKEN_AUTH` before it expires after an hour."
    " Operators tell you region, pool and client. On the local system"
    " `python -m infra.local.demo.token` prints a token.",
}

PROGRAM_SCHEME = "clientCredentials"
PROGRAM_SCOPE = "spotter/recognise"
_ACCESS_TOKEN = {
    "type": "oauth2",
    "description": "Access token of a program that signs in as itself and has its own pictures."
    " Operators make its client and tell you its id and secret, the host of the user pool, and the"
    " address of the API for programs. Such a program has no account, so it makes no API keys. On"
    " the local system `python -m infra.local.demo.program` prints a token.",
    "flows": {
        "clientCredentials": {
            "tokenUrl": "https://auth.example.com/oauth2/token",
            "scopes": {PROGRAM_SCOPE: "Send pictures and read their results"},
        }
    },
}

OPEN_OPERATIONS = ("createToken", "getHealth")
"""Operations that need no token."""

FUNCTIONS: tuple[ModuleType, ...] = (
    upload,
    list_results,
    list_words,
    get_result,
    delete_result,
    retry_result,
    cancel_result,
    correct_result,
    result_versions,
    similar_results,
    exports,
    account_defaults,
    keys,
    create_token,
    delete_account,
    create_ticket,
    streams,
    put_frame,
    health,
    webhooks,
)

_PROJECT = Path(__file__).parents[3] / "pyproject.toml"
_INTRODUCTION = Path(__file__).with_name("introduction.md")

_POWERTOOLS_ONLY = ("HTTPValidationError", "ResponseValidationError", "ValidationError")
"""Schemas of the errors that Powertools would answer with. Our errors are problems."""


def build_document() -> dict[str, Any]:
    """Merge what the functions declare, and add what Powertools cannot say."""
    merge = OpenAPIMerge(
        title="Spotter",
        version=tomllib.loads(_PROJECT.read_text("utf-8"))["project"]["version"],
        openapi_version="3.1.0",
        summary="Send a picture, learn what is in it",
        license_info=License(name="Apache-2.0", identifier="Apache-2.0"),
        servers=[
            Server(
                url="https://{host}",
                description="Host and stage of your installation",
                variables={"host": ServerVariable(default="api.example.com/v1")},
            )
        ],
        tags=TAGS,
        security=[{SECURITY_SCHEME: []}, {PROGRAM_SCHEME: [PROGRAM_SCOPE]}],
        on_conflict="error",
    )
    for module in FUNCTIONS:
        merge.add_schema(_read_routes(module))
    _, ours = models_json_schema(
        [(model, "validation") for model in BODIES],
        ref_template=COMPONENT_REF_TEMPLATE,
    )
    schemes = {SECURITY_SCHEME: _ID_TOKEN, PROGRAM_SCHEME: _ACCESS_TOKEN}
    components = {"schemas": ours["$defs"], "securitySchemes": schemes}
    merge.add_schema({"components": components})
    document: dict[str, Any] = _publish(merge.get_openapi_schema())
    for operation in find_operations(document):
        _finish_operation(operation)
        if operation["operationId"] in OPEN_OPERATIONS:
            operation["security"] = []
    document["components"]["schemas"] = _finish_schemas(document)
    document["components"]["headers"] = HEADERS
    add_examples(document)
    document["webhooks"] = build_webhooks(document)
    document["info"]["description"] = _build_introduction(document)
    return document


def find_functions() -> dict[str, str]:
    """The function of each operation id; it is named after its file."""
    return {
        operation["operationId"]: module.__name__.rsplit(".", 1)[-1]
        for module in FUNCTIONS
        for operation in find_operations(_read_routes(module))
    }


def _read_routes(module: ModuleType) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(module.app.get_openapi_json_schema())
    return document


def find_operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a document."""
    for path in document["paths"].values():
        yield from path.values()


def find_problems(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The example of each problem that a caller can meet, by code."""
    found = {
        code: example["value"]
        for operation in find_operations(document)
        for response in operation["responses"].values()
        for code, example in response.get("content", {})
        .get(MEDIA_TYPE, {})
        .get("examples", {})
        .items()
    }
    # API Gateway gives these answers where no operation is.
    unrouted = [build_problem(kind()) for kind in (RouteNotFoundError, MethodNotAllowedError)]
    return dict(sorted({**found, **{each.code: each.model_dump() for each in unrouted}}.items()))


def find_task_errors(base: type[PipelineError] = PermanentError) -> dict[str, str]:
    """Every `error.code` of a failed task, with its message."""
    found: dict[str, str] = {}
    for kind in base.__subclasses__():
        found |= {kind.code: kind.message, **find_task_errors(kind)}
    return found


def _finish_operation(operation: dict[str, Any]) -> None:
    operation["parameters"] = [_finish_parameter(each) for each in operation.get("parameters", [])]
    responses = operation["responses"]
    for status, response in list(responses.items()):
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if schema.get("$ref", "").removeprefix(COMPONENT_REF_PREFIX) in _POWERTOOLS_ONLY:
            del responses[status]
        elif not content:
            response.pop("content", None)
    responses.setdefault("500", refuse()[HTTPStatus.INTERNAL_SERVER_ERROR])
    add_headers(responses)
    operation["responses"] = dict(sorted(responses.items()))


def _finish_parameter(parameter: dict[str, Any]) -> dict[str, Any]:
    schema = _tidy(parameter["schema"])
    schema.pop("description", None)  # The parameter itself has it
    if "anyOf" in schema:  # A parameter that is not sent; null cannot be sent
        [schema] = [each for each in schema["anyOf"] if each.get("type") != "null"]
    if "$ref" in schema:  # Generators lose the type if a default stands beside it
        schema = {"$ref": schema["$ref"]}
    # Powertools writes the names of headers in small letters.
    name = parameter["name"].title() if parameter["in"] == "header" else parameter["name"]
    return {**parameter, "name": name, "schema": schema}


def _finish_schemas(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = {
        name: _tidy(schema)
        for name, schema in sorted(document["components"]["schemas"].items())
        if name not in _POWERTOOLS_ONLY
    }
    # Not `enum`: a new code must not break a client that was generated before it.
    schemas["TaskError"]["properties"]["code"]["x-extensible-enum"] = list(find_task_errors())
    failures = find_task_errors(UnwrittenExportError)
    schemas["ExportError"]["properties"]["code"]["x-extensible-enum"] = list(failures)
    problem = schemas["Problem"]["properties"]
    problem["code"]["x-extensible-enum"] = list(find_problems(document))
    for optional in ("instance", "errors"):
        del problem[optional]["default"]  # Left out, never null
    return schemas


def _publish(document: dict[str, Any]) -> dict[str, Any]:
    """Write JSON, with the API's names: `TaskView` is the API's only task."""
    text = json.dumps(document)
    published: dict[str, Any] = json.loads(re.sub(r'("|/schemas/)(\w+)View"', r'\1\2"', text))
    return published


def _tidy(schema: Any) -> Any:
    """Leave out the titles that pydantic makes up, and write whole numbers as such."""
    if isinstance(schema, dict):
        return {
            key: _tidy(value)
            for key, value in schema.items()
            if not (key == "title" and isinstance(value, str))
        }
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if isinstance(schema, float) and schema.is_integer():
        return int(schema)
    return schema


def _build_introduction(document: dict[str, Any]) -> str:
    problems = find_problems(document)
    return Template(_INTRODUCTION.read_text("utf-8")).substitute(
        direct_megabytes=DIRECT_MAX_BYTES // MEBIBYTE,
        megabytes=MAX_BYTES // MEBIBYTE,
        image_limits=IMAGE_LIMITS,
        retention_days=RETENTION.days,
        problems="\n".join(
            f"| `{code}` | {problem['status']} | {problem['detail']} |"
            for code, problem in problems.items()
        ),
        task_errors="\n".join(
            f"| `{code}` | {message} |" for code, message in find_task_errors().items()
        ),
    )
