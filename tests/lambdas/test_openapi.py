"""The OpenAPI documents are valid, complete, and what the code says."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import validate

from pipeline.core.errors import PermanentError, PipelineError, TaskFinishedError
from pipeline.core.images import CONTENT_TYPES
from pipeline.lambdas.bodies import BYTES
from pipeline.lambdas.openapi.write import main
from pipeline.lambdas.problems import MethodNotAllowedError, RouteNotFoundError
from pipeline.lambdas.settings import ApiSettings
from tests.lambdas.contract import DOCUMENT, GATEWAY, GATEWAY_TEXT, build_validator, find_operations

ROOT = Path(__file__).parents[2]


def find_contents() -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of the document that has a schema of ours, with the name of the operation."""
    for _, _, operation in find_operations():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            for content in body.get("content", {}).values():
                if "$ref" in content["schema"]:
                    yield operation["operationId"], content


def find_examples_of_problems() -> set[str]:
    """The codes of all problems that some operation documents."""
    return {
        code
        for _, _, operation in find_operations()
        for response in operation["responses"].values()
        for code in response.get("content", {})
        .get("application/problem+json", {})
        .get("examples", {})
    }


def find_errors(base: type[PipelineError]) -> Iterator[type[PipelineError]]:
    """`base`, if it has a code of its own, and all errors below it."""
    if "code" in vars(base):
        yield base
    for kind in base.__subclasses__():
        if kind.__module__.startswith("pipeline."):
            yield from find_errors(kind)


def test_the_committed_documents_are_what_the_code_says() -> None:
    command = [sys.executable, "-m", "pipeline.lambdas.openapi", "--check"]

    # Without any environment: nobody needs an AWS account to write the documents.
    result = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)

    assert (result.returncode, result.stderr) == (0, "")


def test_a_document_that_is_out_of_date_fails_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ["--folder", str(tmp_path)]
    missing = main([*folder, "--check"])
    main(folder)
    written = main([*folder, "--check"])
    (tmp_path / "gateway.json").write_text(GATEWAY_TEXT.replace("29000", "30000"))

    changed = main([*folder, "--check"])

    assert (missing, written, changed) == (1, 0, 1)
    assert "gateway.json. Run `make openapi`" in capsys.readouterr().err


@pytest.mark.parametrize("document", [DOCUMENT, GATEWAY], ids=["openapi", "gateway"])
def test_the_documents_are_valid(document: dict[str, Any]) -> None:
    validate(document)


def test_every_example_matches_its_schema() -> None:
    checked = 0
    for _, content in find_contents():
        validator = build_validator(content["schema"]["$ref"])
        for example in content["examples"].values():
            validator.validate(example["value"])
            checked += 1

    assert checked > len(find_examples_of_problems())


def test_every_answer_has_an_example() -> None:
    assert all(content["examples"] for _, content in find_contents())


def test_every_error_is_documented_where_a_caller_meets_it() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    problems = find_examples_of_problems()
    failures = set(schemas["TaskError"]["properties"]["code"]["x-extensible-enum"])
    exports = set(schemas["ExportError"]["properties"]["code"]["x-extensible-enum"])
    codes = {kind.code for kind in find_errors(PipelineError)}

    # The worker and the portal raise this one; it never leaves them.
    unrouted = {RouteNotFoundError.code, MethodNotAllowedError.code}
    assert codes - {TaskFinishedError.code} == problems | failures | exports | unrouted
    assert failures == {kind.code for kind in find_errors(PermanentError)}
    code = schemas["Problem"]["properties"]["code"]
    assert set(code["x-extensible-enum"]) == problems | unrouted
    assert "enum" not in code  # A new code must not break a client that was generated before it
    assert all(f"`{code}`" in DOCUMENT["info"]["description"] for code in problems | failures)


def test_no_limit_of_one_environment_is_printed() -> None:
    limits = ("max_unfinished_tasks", "uploads_per_second", "upload_burst")
    assert set(limits) < ApiSettings.model_fields.keys()
    environment = {name.upper(): "424242" for name in limits}
    command = [sys.executable, "-m", "pipeline.lambdas.openapi", "--check"]

    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (result.returncode, result.stderr) == (0, "")


def test_a_function_that_gave_no_answer_is_no_reason_to_give_up() -> None:
    answer = GATEWAY["x-amazon-apigateway-gateway-responses"]["DEFAULT_5XX"]

    problem = json.loads(answer["responseTemplates"]["application/json"])
    assert (answer["statusCode"], problem["code"]) == (503, "service_unavailable")
    assert "gatewayresponse.header.Retry-After" in answer["responseParameters"]


def test_an_example_of_a_problem_stands_under_its_own_status() -> None:
    for _, _, operation in find_operations():
        for status, response in operation["responses"].items():
            problems = response.get("content", {}).get("application/problem+json", {})
            for code, example in problems.get("examples", {}).items():
                assert (example["value"]["code"], str(example["value"]["status"])) == (code, status)


def test_everything_is_explained() -> None:
    for _, _, operation in find_operations():
        assert operation["summary"]
        assert operation["description"]
        assert all(parameter["description"] for parameter in operation["parameters"])
    for name, schema in DOCUMENT["components"]["schemas"].items():
        assert schema["description"], name
        for field, each in schema.get("properties", {}).items():
            assert each.get("description"), f"{name}.{field}"


def test_an_upload_takes_a_description_or_a_picture() -> None:
    content = DOCUMENT["paths"]["/upload"]["post"]["requestBody"]["content"]

    assert set(content) == {"application/json", *CONTENT_TYPES}


def test_generators_of_clients_find_a_method_that_takes_bytes() -> None:
    """They take the first type of a body, and do not know one that is JSON or a picture."""
    content = DOCUMENT["paths"]["/pictures"]["post"]["requestBody"]["content"]

    assert list(content) == [BYTES, *CONTENT_TYPES]
    assert all(each["schema"]["format"] == "binary" for each in content.values())


def test_generators_of_clients_find_one_shape_of_success() -> None:
    """Many take the shape of the lowest status for the others, too."""
    for path, method, operation in find_operations():
        shapes = {
            content["schema"].get("$ref")
            for status, response in operation["responses"].items()
            if status.startswith("2")
            for content in response.get("content", {}).values()
        }

        assert len(shapes) <= 1, f"{method} {path}"


def test_generators_of_clients_know_the_type_of_each_parameter() -> None:
    """Beside a default or a text, some do not follow a reference."""
    for path, method, operation in find_operations():
        for parameter in operation["parameters"]:
            schema = parameter["schema"]

            assert "$ref" not in schema or len(schema) == 1, f"{method} {path} {parameter['name']}"


def test_no_class_of_routes_is_lost_among_the_webhooks() -> None:
    """Generators make one class of each tag, and of two with one name only one stays."""
    routes = {tag for _, _, operation in find_operations() for tag in operation["tags"]}
    calls = {tag for call in DOCUMENT["webhooks"].values() for tag in call["post"]["tags"]}

    assert not routes & calls
    assert routes | calls == {tag["name"] for tag in DOCUMENT["tags"]}


def test_every_scheme_says_how_to_get_a_token() -> None:
    schemes = DOCUMENT["components"]["securitySchemes"]

    assert "POST /token" in schemes["idToken"]["description"]
    assert schemes["clientCredentials"]["flows"]["clientCredentials"]["tokenUrl"]
    assert [name for each in DOCUMENT["security"] for name in each] == list(schemes)


def test_the_document_says_the_same() -> None:
    opened = [path for path, _, operation in find_operations() if operation.get("security") == []]

    assert sorted(opened) == ["/health", "/token"]
    assert "401" not in DOCUMENT["paths"]["/health"]["get"]["responses"]


@pytest.mark.parametrize("document", [DOCUMENT, GATEWAY], ids=["openapi", "gateway"])
def test_the_documents_name_no_machine(document: dict[str, Any]) -> None:
    text = json.dumps(document)

    assert not re.search(r"/(home|root|tmp|work)/|localhost|127\.0\.0\.1", text)
