"""A large or strange request costs no large answer and no long line of log."""

import json
import logging
from typing import Any

import pytest

from pipeline.lambdas import upload
from pipeline.lambdas.app import MAX_JSON_BYTES
from pipeline.lambdas.problems import MAX_FIELD_ERRORS, MAX_LOCATION_CHARACTERS
from pipeline.lambdas.telemetry import Handler
from tests.lambdas.events import Answer, build_event, call, request
from tests.lambdas.routes import ALL, Route

FORM = {"contentType": "image/jpeg", "sizeBytes": 1000}
LONG_NAME = "secret" * 500


def send(body: Any, handler: Handler = upload.handler, **parts: Any) -> Answer:
    route = {"method": "POST", "path": "/upload", **parts}
    headers = {"Content-Type": "application/json"}
    return request(handler, body=json.dumps(body), headers=headers, **route)


@pytest.mark.parametrize("route", ALL, ids=str)
def test_every_route_refuses_long_json(route: Route) -> None:
    parts = {"method": route.method, "path": route.fill_in(), "query": route.query}

    answer = send({"x": "y" * MAX_JSON_BYTES}, route.handler, **parts)

    assert (answer.status, answer.body["code"]) == (413, "request_too_large")


def test_json_of_the_largest_size_is_read() -> None:
    spaces = " " * (MAX_JSON_BYTES - len(json.dumps(FORM)))

    body = json.dumps(FORM) + spaces
    answer = request(
        upload.handler, "POST", "/upload", body=body, headers={"Content-Type": "application/json"}
    )

    assert len(body) == MAX_JSON_BYTES
    assert answer.status == 201


def test_an_answer_lists_few_faults_and_cuts_their_names() -> None:
    many = send({**FORM, **{f"key{number}": 1 for number in range(1000)}})
    long = send({**FORM, LONG_NAME: 1})

    assert (many.status, long.status) == (422, 422)
    assert len(many.body["errors"]) == MAX_FIELD_ERRORS
    assert [len(error["location"]) for error in long.body["errors"]] == [MAX_LOCATION_CHARACTERS]


@pytest.mark.parametrize(
    "parts",
    [
        {"query": {"limit": LONG_NAME}},
        {"query": {"status": LONG_NAME}},
        {"query": {LONG_NAME: "1", "limit": "0"}},
        {"query": {"limit": [LONG_NAME] * 20}},
        {"query": {"cursor": LONG_NAME}},
        {"headers": {"Idempotency-Key": LONG_NAME}},
    ],
)
@pytest.mark.parametrize("route", ALL, ids=str)
def test_a_long_query_or_header_makes_no_long_log_and_no_long_answer(
    parts: dict[str, Any],
    route: Route,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG, logger="tests")

    answer = call(route.handler, build_event(route.method, route.fill_in(), **parts))

    # The answer to a right request, such as the 30 days of /usage, may be longer.
    assert answer["statusCode"] == 200 or len(answer["body"]) < 2000
    assert LONG_NAME not in answer["body"]
    assert "secretsecret" not in read_logs(caplog, capsys)


def test_the_log_names_known_fields_only(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    send({**FORM, "maxLabels": 0, "secretsecret": 1})

    logs = read_logs(caplog, capsys)
    assert "body.maxLabels" in logs
    assert "secretsecret" not in logs


def read_logs(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> str:
    """All that a function wrote, the fields of its log lines included."""
    fields = [json.dumps(record.__dict__, default=str) for record in caplog.records]
    written = capsys.readouterr()
    return "\n".join([*fields, written.out, written.err])
