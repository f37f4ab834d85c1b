"""The document for API Gateway has every route, its function and its own answers."""

import importlib
import json
from string import Template

from openapi_spec_validator import validate

from infra.local.resources.functions import ROUTES
from pipeline.core.images import CONTENT_TYPE_ALIASES, CONTENT_TYPES
from pipeline.lambdas.bodies import BYTES
from tests.lambdas.contract import (
    DOCUMENT,
    GATEWAY,
    GATEWAY_TEXT,
    INTEGRATION,
    build_validator,
    find_operations,
)

ANY = "x-amazon-apigateway-any-method"


def test_the_gateway_has_the_same_routes_and_an_answer_to_every_other_method() -> None:
    documented = {(path, method) for path, method, _ in find_operations()}
    routed = {(path, method) for path, methods in GATEWAY["paths"].items() for method in methods}

    others = {(path, method) for path in DOCUMENT["paths"] for method in ("options", ANY)}
    heads = {(path, "head") for path, method in documented if method == "get"}
    assert routed - documented == others | heads
    assert documented <= routed


def test_head_calls_the_function_of_get() -> None:
    paths = [methods for methods in GATEWAY["paths"].values() if "get" in methods]

    assert paths
    for methods in paths:
        assert methods["head"][INTEGRATION] == methods["get"][INTEGRATION]


def test_another_method_is_told_which_ones_there_are() -> None:
    validator = build_validator("#/components/schemas/Problem")
    for path, methods in GATEWAY["paths"].items():
        answer = methods[ANY][INTEGRATION]["responses"]["default"]
        headers = answer["responseParameters"]
        allowed = headers["method.response.header.Allow"].strip("'").split(", ")
        problem = json.loads(answer["responseTemplates"]["application/json"])

        assert {method.lower() for method in allowed} == set(methods) - {ANY, "parameters"}, path
        assert (answer["statusCode"], problem["status"]) == ("405", 405)
        assert headers["method.response.header.Content-Type"] == "'application/problem+json'"
        validator.validate(problem)


def test_only_health_and_the_exchange_of_keys_need_no_token() -> None:
    opened = {("options", path) for path in GATEWAY["paths"]}
    opened |= {("post", "/token"), ("get", "/health"), ("head", "/health")}

    found = {
        (method, path)
        for path, methods in GATEWAY["paths"].items()
        for method, operation in methods.items()
        if "security" not in operation
    }

    assert found == opened


def test_every_route_calls_a_function_that_exists() -> None:
    uris = {
        operation["x-amazon-apigateway-integration"]["uri"]
        for methods in GATEWAY["paths"].values()
        for method, operation in methods.items()
        if method not in ("options", ANY)
    }

    assert uris == {f"${{{function}_invoke_arn}}" for function in ROUTES}
    for function in ROUTES:
        assert importlib.import_module(f"pipeline.lambdas.{function}").handler


def test_placeholders_can_be_filled_and_nothing_else_is_one() -> None:
    names = {"user_pool_arn", "spa_origin", *(f"{function}_invoke_arn" for function in ROUTES)}

    filled = Template(GATEWAY_TEXT).substitute(dict.fromkeys(names, "value"))

    assert set(Template(GATEWAY_TEXT).get_identifiers()) == names
    assert "$" not in filled
    assert "%{" not in filled
    validate(json.loads(filled))


def test_the_gateways_own_answers_are_problems_too() -> None:
    responses = GATEWAY["x-amazon-apigateway-gateway-responses"]
    validator = build_validator("#/components/schemas/Problem")

    for kind, response in responses.items():
        problem = json.loads(response["responseTemplates"]["application/json"])
        validator.validate(problem)
        assert problem["status"] == response["statusCode"], kind
        headers = response["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.Access-Control-Allow-Origin"] == "'${spa_origin}'"
    assert {"UNAUTHORIZED", "THROTTLED", "REQUEST_TOO_LARGE", "DEFAULT_5XX"} <= set(responses)


def test_the_gateway_decodes_every_picture_type() -> None:
    types = GATEWAY["x-amazon-apigateway-binary-media-types"]

    assert set(types) == {BYTES, *CONTENT_TYPES, *CONTENT_TYPE_ALIASES}
