"""The functions of the API as a service that HTTP clients call, without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from threading import Event, Lock, Thread
from urllib.parse import parse_qs, unquote

import httpx
import requests

from pipeline.core.errors import PipelineError
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import uploaded
from pipeline.lambdas.openapi.document import find_functions
from tests.examples import succeed
from tests.lambdas.contract import find_operation
from tests.lambdas.events import build_event, build_storage_event, call
from tests.lambdas.uploads import receive

API = "https://api.test/v1"
FUNCTIONS = find_functions()
ONE_AT_A_TIME = Lock()
"""A process of Lambda handles one event at a time."""
LOOK_SECONDS = 0.01


class FunctionTransport(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Calls the function of each request. A form goes to the storage in memory."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        request.read()
        if request.url.host != "api.test":
            return _store(request)
        return answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        return self.handle_request(request)


def answer(request: httpx.Request) -> httpx.Response:
    """What the function of a request answers."""
    path = unquote(request.url.path).removeprefix("/v1")
    operation = find_operation(request.method, path)
    assert operation, f"There is no {request.method} {path}"
    module = import_module(f"pipeline.lambdas.{FUNCTIONS[operation['operationId']]}")
    event = build_event(
        request.method,
        path,
        body=request.content or None,
        query=parse_qs(request.url.query.decode()),
        headers={name.title(): value for name, value in request.headers.items()},
    )
    with ONE_AT_A_TIME:
        result = call(module.handler, event)
    headers = [(name, it) for name, all_ in result["multiValueHeaders"].items() for it in all_]
    return httpx.Response(result["statusCode"], headers=headers, text=result.get("body") or "")


def _store(request: httpx.Request) -> httpx.Response:
    assert "Authorization" not in request.headers, "The storage must not get the token"
    stored = requests.request(
        request.method, str(request.url), headers=dict(request.headers), data=request.content
    )
    if request.method == "POST" and stored.ok:
        key = re.search(rb'name="key"\r\n\r\n(.+?)\r\n', request.content)
        assert key
        call(uploaded.handler, build_storage_event(key[1].decode()))
    return httpx.Response(stored.status_code, content=stored.content)


@contextmanager
def working(queue: TaskQueue) -> Iterator[None]:
    """A worker that finds a cat in each picture, during the block."""
    stopped = Event()

    def work() -> None:
        # Without a pause it would hold up the functions, which then answer too late.
        while not stopped.wait(LOOK_SECONDS):
            for task_id in receive(queue):
                while Task.get(task_id).status != TaskStatus.QUEUED:
                    if stopped.wait(LOOK_SECONDS):
                        return
                with suppress(PipelineError):  # It was cancelled or deleted
                    succeed(task_id)

    worker = Thread(target=work)
    worker.start()
    try:
        yield
    finally:
        stopped.set()
        worker.join()


STORAGE = "/storage/"
"""Path below which another process reaches the storage in memory."""


class _Handler(BaseHTTPRequestHandler):
    """Lets programs of other languages call the functions and the storage."""

    def _answer(self) -> None:
        found = self._find_answer()
        self.send_response(found.status_code)
        for name, value in found.headers.items():
            if name.lower() != "content-length":
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(found.content)))
        self.end_headers()
        self.wfile.write(found.content)

    def _find_answer(self) -> httpx.Response:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        if self.path.startswith(STORAGE):
            url = self.path.removeprefix(STORAGE)
            return _store(httpx.Request(self.command, url, headers=headers, content=body))
        url = f"https://api.test{self.path}"
        found = answer(httpx.Request(self.command, url, headers=headers, content=body))
        if self.path != "/v1/upload" or found.status_code != 201:
            return found
        ticket = found.json()
        ticket["upload"]["url"] = f"http://{self.headers['Host']}{STORAGE}{ticket['upload']['url']}"
        return httpx.Response(201, headers=found.headers, json=ticket)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, format: str, *args: object) -> None: ...


@contextmanager
def serving() -> Iterator[str]:
    """The same functions and storage at an address of this machine, during the block."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()
