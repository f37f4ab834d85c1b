"""A request waits some seconds for a process of its function; an event as long as it takes."""

import asyncio
import importlib
import sys
from pathlib import Path
from threading import Lock, Thread
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from infra.local import few_processes
from infra.local.few_processes import ENOUGH_PROCESSES

BESIDE = Path(few_processes.__file__).parent
NAME = "upload"
CONFIG = {"Version": "$LATEST"}


class Runtime:
    """Stands for ministack's module of processes."""

    class Worker:
        def __init__(self) -> None:
            self.func_name, self.config = NAME, CONFIG
            self.in_use, self._start_time = True, 1.0

    def __init__(self) -> None:
        self._lock: Any = Lock()
        self._workers = {f"{NAME}:$LATEST": [self.Worker() for _ in range(ENOUGH_PROCESSES)]}

    def _worker_key(self, name: str, config: dict[str, str], version: str) -> str:
        return f"{name}:{version}"

    def acquire_worker(self, name: str, config: Any, code: bytes, *, qualifier: str) -> Any:
        [free] = [one for one in self._workers[f"{name}:{qualifier}"] if not one.in_use]
        free.in_use = True
        return free, "reused"

    def release_worker(self, worker: Worker | None) -> None:
        if worker is not None:
            worker.in_use = False


@pytest.fixture
def runtime() -> Runtime:
    return Runtime()


@pytest.fixture
def repaired(monkeypatch: pytest.MonkeyPatch, runtime: Runtime) -> Any:
    """The module with its repairs in place, beside modules that stand for ministack's."""
    gateway = SimpleNamespace(
        _invoke_lambda_proxy_v1=None,
        _lambda_proxy_response=lambda result: (result["body"], None),
        _gw_error=lambda kind, message: kind,
    )
    core, services = ModuleType("ministack.core"), ModuleType("ministack.services")
    vars(core).update(lambda_runtime=runtime)
    vars(services).update(apigateway_v1=gateway, lambda_svc=SimpleNamespace())
    for module in (ModuleType("ministack"), core, services):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.syspath_prepend(str(BESIDE))
    names = ("functions_repaired", "few_processes", "function_copies", "function_logs")
    for name in names:
        monkeypatch.delitem(sys.modules, name, raising=False)
    found: Any = importlib.import_module("functions_repaired")
    monkeypatch.setattr(found, "LONGEST_WAIT_SECONDS", 0.05)
    monkeypatch.setattr(sys.modules["few_processes"], "PATIENCE_SECONDS", 3600)
    monkeypatch.setattr(sys.modules["few_processes"], "LOOK_SECONDS", 3600)  # It must be told
    found.repair()
    yield found
    for name in names:
        sys.modules.pop(name, None)


def acquire(repaired: Any, thread_name: str) -> tuple[Thread, list[Any]]:
    """Ask for a process in a thread of this name."""
    answers: list[Any] = []

    def ask() -> None:
        answers.append(repaired.acquire_patiently(NAME, CONFIG, b""))

    thread = Thread(target=ask, name=thread_name, daemon=True)
    thread.start()
    return thread, answers


def test_a_request_that_has_waited_for_long_gets_no_process(repaired: Any) -> None:
    thread, answers = acquire(repaired, f"{repaired.GATEWAY}invoke")
    thread.join(10)
    assert answers == [(None, "func_cap")]


def test_an_event_waits_until_a_process_is_free(repaired: Any, runtime: Runtime) -> None:
    thread, answers = acquire(repaired, "s3-event")
    thread.join(0.2)
    assert not answers
    worker = runtime._workers[f"{NAME}:$LATEST"][0]
    repaired.release_and_tell(worker)
    thread.join(10)
    assert answers == [(worker, "reused")]


def test_a_process_that_was_dropped_is_not_returned(repaired: Any) -> None:
    repaired.release_and_tell(None)


def test_a_refused_call_is_an_error_of_the_gateway_and_another_is_not(
    repaired: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def invoke(result: dict[str, Any]) -> Any:
        return repaired.apigateway_v1._lambda_proxy_response(result)[0]

    monkeypatch.setattr(repaired, "invoke_for_api", invoke)

    refused, answered = {"throttle": True, "error": True}, {"body": "answer"}
    assert asyncio.run(repaired.invoke_or_refuse(refused)) == "DEFAULT_5XX"
    assert asyncio.run(repaired.invoke_or_refuse(answered)) == "answer"
