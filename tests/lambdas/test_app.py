"""Every error is a problem with a code, and only the web page may read answers."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from aws_lambda_powertools.event_handler import Response
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    IncompleteReadError,
)
from botocore.parsers import ResponseParserError
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pynamodb.exceptions import GetError

from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas import (
    account_defaults,
    cancel_result,
    delete_result,
    get_result,
    list_results,
    retry_result,
    upload,
)
from pipeline.lambdas.app import build_app, respond
from pipeline.lambdas.schemas import TaskState
from pipeline.lambdas.telemetry import Handler
from tests.environment import settings
from tests.lambdas.contract import DOCUMENT
from tests.lambdas.events import REQUEST_ID, Answer, get_metrics, request


def build_handler(route: Callable[[], Response]) -> Handler:
    app = build_app(settings)
    app.get("/test")(route)
    return app.resolve


def fail_with(error: Exception) -> Answer:
    def route() -> Response[TaskState]:
        raise error

    return request(build_handler(route), "GET", "/test")


def build_client_error(code: str, status: int) -> ClientError:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "GetItem")  # type: ignore[arg-type]


TRANSIENT = [
    build_client_error("ThrottlingException", 400),
    build_client_error("ProvisionedThroughputExceededException", 400),
    build_client_error("InternalError", 500),
    build_client_error("SlowDown", 503),
    ConnectTimeoutError(endpoint_url="https://dynamodb"),
    EndpointConnectionError(endpoint_url="https://sqs"),
    build_client_error("RequestTimeout", 400),
    build_client_error("ConditionalRequestConflict", 409),
    build_client_error("OperationAborted", 409),
    IncompleteReadError(actual_bytes=1, expected_bytes=2),
    ResponseParserError("The answer is no JSON"),
]


@pytest.mark.parametrize("error", TRANSIENT + [GetError(cause=error) for error in TRANSIENT])
def test_a_transient_error_answers_with_retry_after(error: Exception) -> None:
    answer = fail_with(error)

    assert (answer.status, answer.body["code"]) == (503, "service_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("secret"),
        KeyError("secret"),
        build_client_error("AccessDeniedException", 400),
        GetError("secret", build_client_error("ResourceNotFoundException", 400)),
    ],
)
def test_an_unknown_error_is_logged_and_its_text_is_not_sent(
    error: Exception, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = fail_with(error)

    assert (answer.status, answer.body["code"]) == (500, "internal_error")
    assert "secret" not in json.dumps(answer.body)
    [record] = [record for record in caplog.records if record.levelname == "ERROR"]
    assert record.exc_info is not None
    assert record.exc_info[1] is error
    assert get_metrics(capsys.readouterr().out) == {"Errors internal_error": 1}


def test_an_answer_that_does_not_match_its_model_is_a_server_error() -> None:
    def route() -> Response[TaskState]:
        return Response(200, "application/json", {"wrong": 1})  # type: ignore[arg-type]

    answer = request(build_handler(route), "GET", "/test")

    assert (answer.status, answer.body["code"]) == (500, "internal_error")


def test_a_problem_has_all_its_members() -> None:
    answer = request(get_result.handler, "GET", "/results/1")

    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.body == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no such task. It may have been deleted or have expired;"
        " see GET /results.",
        "code": "task_not_found",
        "instance": f"urn:uuid:{REQUEST_ID}",
    }


@pytest.mark.parametrize(("method", "path"), [("GET", "/"), ("PUT", "/results/1"), ("GET", "/x")])
def test_an_unknown_route_is_a_problem_too(method: str, path: str) -> None:
    answer = request(get_result.handler, method, path)

    assert (answer.status, answer.body["code"]) == (404, "not_found")


@pytest.mark.parametrize("path", ["/results/1", "/nowhere"])
def test_only_the_web_page_may_read_answers(path: str) -> None:
    ours = request(get_result.handler, "GET", path)
    others = request(get_result.handler, "GET", path, headers={"Origin": "https://evil.example"})

    assert ours.headers["Access-Control-Allow-Origin"] == settings.spa_origin
    assert "Access-Control-Allow-Origin" not in others.headers


def test_the_web_page_may_read_where_the_task_is() -> None:
    def route() -> Response[TaskState]:
        state = TaskState(task_id="1", status=TaskStatus.QUEUED)
        return respond(200, state, {"Location": "results/1"})  # type: ignore[arg-type]

    answer = request(build_handler(route), "GET", "/test")

    assert "Location" in answer.headers["Access-Control-Expose-Headers"]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
NAMES = list(DOCUMENT["components"]["schemas"]["UploadRequest"]["properties"])
forms = st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, anything)) | anything
content_types = st.sampled_from(["application/json", "image/jpeg", "image/png", "image/webp", "x"])
texts = st.text(max_size=40)
queries = st.dictionaries(
    st.sampled_from([*NAMES, "limit", "cursor", "status"]), texts | st.lists(texts, min_size=1)
)
# Each example is a whole request in memory; the AWS of the test may be shared between them.
bounded = hypothesis_settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@bounded
@given(forms.map(json.dumps) | texts | st.binary(max_size=200), content_types, queries, texts)
def test_no_upload_breaks_the_api(
    body: str | bytes, content_type: str, query: dict[str, str], key: str
) -> None:
    headers = {"Content-Type": content_type, "Idempotency-Key": key}
    if isinstance(body, str) and content_type.startswith("image/"):
        body = body.encode(errors="replace")

    answer = request(upload.handler, "POST", "/upload", body=body, headers=headers, query=query)

    assert answer.status < 500
    assert answer.status in (201, 202) or answer.body["code"]


@bounded
@given(queries, texts)
def test_no_query_or_id_breaks_the_api(query: dict[str, str], task_id: str) -> None:
    for handler, method, path in [
        (list_results.handler, "GET", "/results"),
        (get_result.handler, "GET", f"/results/{task_id}"),
        (delete_result.handler, "DELETE", f"/results/{task_id}"),
        (retry_result.handler, "POST", f"/results/{task_id}/retry"),
        (cancel_result.handler, "POST", f"/results/{task_id}/cancel"),
    ]:
        answer = request(handler, method, path, query=query)

        assert answer.status < 500


@bounded
@given(forms.map(json.dumps) | texts, content_types)
def test_no_choice_of_defaults_breaks_the_api(body: str, content_type: str) -> None:
    headers = {"Content-Type": content_type}

    answer = request(
        account_defaults.handler, "PUT", "/account/defaults", body=body, headers=headers
    )

    assert answer.status < 500


def test_the_request_id_can_be_quoted() -> None:
    instance = request(get_result.handler, "GET", "/results/1").body["instance"]

    assert str(UUID(instance.removeprefix("urn:uuid:"))) == REQUEST_ID
