"""The receiver in docs/webhooks.md runs as it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from infra.repository import REPOSITORY
from pipeline.core.webhooks.record import Webhook, build_secret
from tests.examples import OWNER_ID
from tests.lambdas.webhooks.conftest import create, finish_task, list_all, tell, work

[SOURCE] = re.findall(
    r"```python\n(.*?)```", (REPOSITORY / "docs" / "webhooks.md").read_text("utf-8"), re.DOTALL
)
SECRET = build_secret()


@pytest.fixture
def program() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "WEBHOOK_SECRET": SECRET, "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, "-c", SOURCE], env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        yield program
        program.kill()


def read_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_it_takes_signed_calls_once_and_refuses_others(program: subprocess.Popen[str]) -> None:
    port = read_line(program).rpartition(" ")[2]
    webhook = create(f"http://127.0.0.1:{port}/hook")
    webhook.update(actions=[Webhook.secret.set(SECRET)])
    stranger = create(f"http://localhost:{port}/hook")  # With another secret

    tell(finish_task(owner_reference=f"{OWNER_ID}#order-4711"))
    work()

    assert read_line(program) == "task.succeeded order-4711"
    assert [it.status for it in list_all(webhook)] == ["delivered"]
    [refused] = list_all(stranger)
    assert [it.status for it in refused.list_attempts()] == [401]
