"""Faults inside a process under test, by botocore's own event hooks.

The file imports nothing of ours, because workers and the functions of the local AWS, which run in
another environment, both load it. The folder in CHAOS_FOLDER holds the present plan.
"""

import json
import os
import random
import signal
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from botocore import handlers
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ReadTimeoutError
from botocore.httpsession import URLLib3Session

TIMEOUT_SECONDS = 1
"""Seconds after which a lost request fails. The real limits would allow few strikes in a run."""

LATENCY_SECONDS = 2

Json = Mapping[str, Any]

_folder = Path(os.environ.get("CHAOS_FOLDER", os.devnull))
_http = URLLib3Session()


def read_plan() -> dict[str, Any]:
    """The present plan; empty while there is no fault."""
    try:
        plan: dict[str, Any] = json.loads((_folder / "plan.json").read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return {}
    return plan if time.time() < plan["until"] else {}


def note(**entry: object) -> None:
    """Write one line to the journal.

    It is one system call, so that lines of several processes do not mix and a kill right after it
    does not remove the line.
    """
    line = json.dumps({"pid": os.getpid(), **entry}) + "\n"
    try:
        file = os.open(_folder / "journal.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError:
        return
    try:
        os.write(file, line.encode())
    except OSError:
        pass  # The fault is a full disk
    finally:
        os.close(file)


def reach(stage: str) -> None:
    """Die or freeze at this step if that is planned and a kill is left.

    A kill is a file, and only one process can remove it.
    """
    plan = read_plan()
    if plan.get("stage") != stage:
        return
    for kill in sorted((_folder / "kills").glob("*")):
        if float(kill.name) > time.time():
            return
        try:
            kill.unlink()
        except FileNotFoundError:
            continue
        note(struck=stage)
        os.kill(os.getpid(), signal.Signals[plan["signal"]])


def install() -> None:
    """Let every botocore session of this process call the hooks, PynamoDB's too."""
    handlers.BUILTIN_HANDLERS += [
        ("before-parameter-build.dynamodb.UpdateItem", _keep_parameters),
        ("before-send", _before_send),
        ("after-call.dynamodb.UpdateItem", _after_update),
        ("after-call.sqs.ReceiveMessage", _after_receive),
    ]


def _keep_parameters(params: Json, context: dict[str, Any], **_: object) -> None:
    context["chaos_params"] = params


def _after_update(http_response: Any, context: Json, **_: object) -> None:
    if http_response.status_code < 300:
        _follow_update(context["chaos_params"])


def follow(operation: str, params: Json, answer: Json) -> None:
    """Handle an answer that botocore does not see."""
    if operation == "UpdateItem":
        _follow_update(params)
    elif operation == "ReceiveMessage":
        _after_receive(answer)


def _follow_update(params: Json) -> None:
    """Write to the journal that a task has its final status now."""
    values = params.get("ExpressionAttributeValues", {}).values()
    for status in ("succeeded", "failed"):
        if {"S": status} in values:
            note(final=status, task_id=params["Key"]["task_id"]["S"])
            reach("stored")


def _after_receive(parsed: Json, **_: object) -> None:
    if parsed.get("Messages"):
        reach("received")


def choose_action(service: str) -> str | None:
    """The fault of the next request, if it has one."""
    for rule in read_plan().get("rules", ()):
        if rule["service"] == service and random.random() < rule["probability"]:
            note(struck=f"{service} {rule['action']}")
            return str(rule["action"])
    return None


def _before_send(request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse | None:
    service = event_name.split(".")[1]
    action = choose_action(service)
    return _act(action, service, request) if action else None


def _act(action: str, service: str, request: AWSPreparedRequest) -> AWSResponse | None:
    if action == "latency":
        time.sleep(LATENCY_SECONDS)
        return None
    if action == "lost_answer":
        _http.send(request)
    if action in ("lost_answer", "timeout"):
        time.sleep(TIMEOUT_SECONDS)
        raise ReadTimeoutError(endpoint_url=request.url)
    return _refuse(service, request.url, throttle=action == "throttle")


class _Raw:
    """The body of an answer, with the interface of urllib3."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self._body

    def read(self, *_: object) -> bytes:
        return self._body


def _refuse(service: str, url: str, *, throttle: bool) -> AWSResponse:
    """The answer of a service that is broken or throttles us."""
    if service == "s3":
        code, status = ("SlowDown", 503) if throttle else ("InternalError", 500)
        body = f"<Error><Code>{code}</Code><Message>chaos</Message></Error>"
        return AWSResponse(
            url,
            status,
            HTTPHeaders.from_dict({"Content-Type": "application/xml"}),
            _Raw(body.encode()),
        )
    throttled = {
        "dynamodb": "ProvisionedThroughputExceededException",
        "kinesis": "ProvisionedThroughputExceededException",
        "rekognition": "ProvisionedThroughputExceededException",
        "sqs": "RequestThrottled",
    }
    code, status = (throttled[service], 400) if throttle else ("InternalServerError", 500)
    body = json.dumps({"__type": f"com.amazonaws.{service}#{code}", "message": "chaos"})
    headers = HTTPHeaders.from_dict({"Content-Type": "application/x-amz-json-1.0"})
    return AWSResponse(url, status, headers, _Raw(body.encode()))
