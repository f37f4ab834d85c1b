"""Requests for versions of a result."""

import json
from dataclasses import replace
from typing import Any

from pipeline.core.labels import Label
from pipeline.core.tasks import transitions
from pipeline.lambdas import correct_result, get_result, result_versions
from tests.examples import build_result
from tests.lambdas.events import Answer, request

JSON = {"Content-Type": "application/json"}
DOG = Label(name="dog", confidence=88, parents=[], instances=[])


def ask(task_id: str, **wanted: Any) -> Answer:
    return request(
        result_versions.handler,
        "POST",
        f"/results/{task_id}/versions",
        body=json.dumps(wanted),
        headers=JSON,
    )


def read_versions(task_id: str, **parts: Any) -> Answer:
    return request(result_versions.handler, "GET", f"/results/{task_id}/versions", **parts)


def read(task_id: str, **parts: Any) -> Answer:
    return request(get_result.handler, "GET", f"/results/{task_id}", **parts)


def correct(task_id: str, **wanted: Any) -> Answer:
    path = f"/results/{task_id}/corrections"
    body = json.dumps(wanted)
    return request(correct_result.handler, "PUT", path, body=body, headers=JSON)


def finish(record_id: str, *labels: Label) -> None:
    started = transitions.start(record_id, worker="w2", receive_count=1)
    transitions.succeed(started, replace(build_result(), labels=labels))
