"""Logs, metrics and traces say what happened, and import nothing that is not needed."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.lambdas.telemetry import NAMESPACE, count

ROOT = Path(__file__).parents[2]
CALL = """
from pipeline.lambdas.get_result import handler
from tests.lambdas.events import build_event, call

print(call(handler, build_event("GET", "/results/1"))["statusCode"])
"""


def test_a_count_is_a_metric_of_the_function(capsys: pytest.CaptureFixture[str]) -> None:
    count("Errors", 3, code="internal_error")

    document = json.loads(capsys.readouterr().out)
    [metric] = document["_aws"]["CloudWatchMetrics"]
    assert metric["Namespace"] == NAMESPACE
    assert set(metric["Dimensions"][0]) == {"service", "code"}
    assert (document["Errors"], document["service"], document["code"]) == (
        [3.0],
        "tests",
        "internal_error",
    )


def test_basic_detail_counts_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("METRICS_DETAIL", "basic")

    count("Errors", 3, code="internal_error")

    assert capsys.readouterr().out == ""


def test_a_request_is_traced_on_lambda() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(60)
        environment = {
            "AWS_XRAY_DAEMON_ADDRESS": f"127.0.0.1:{daemon.getsockname()[1]}",
            "LAMBDA_TASK_ROOT": str(ROOT),
            "_X_AMZN_TRACE_ID": "Root=1-5759e988-bd862e3fe1be46a994272793;"
            "Parent=53995c3f42cd8ad8;Sampled=1",
        }

        result = run(CALL, environment)

        segment = daemon.recv(65536).decode()
    assert result.splitlines()[-1] == "404"
    assert "## " in segment
    assert "task_not_found" not in segment  # Answers are not for traces


def test_the_tracer_is_not_imported_elsewhere() -> None:
    code = "import sys; import pipeline.lambdas.get_result; print('aws_xray_sdk' in sys.modules)"

    assert run(code, {}).splitlines()[-1] == "False"


def run(code: str, environment: dict[str, str]) -> str:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
