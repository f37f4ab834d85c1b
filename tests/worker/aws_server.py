"""The in-memory AWS behind real HTTP. It can fail the requests that libcurl sends."""

import re
from collections.abc import Iterable
from enum import Enum, auto
from functools import cache
from http import HTTPStatus
from threading import Lock, Thread
from typing import Any

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.serving import make_server

_SERVICE = re.compile(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/aws4_request")


class Fault(Enum):
    """What happens to each request of libcurl. botocore's requests always succeed."""

    REFUSED = auto()  # Nothing happens in AWS.
    ANSWER_LOST = auto()  # AWS does its work, and a proxy answers in its place.


class AwsServer:
    """A server for this process and others. It notes the services that answered libcurl."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.answered_libcurl: list[str] = []
        self.open_requests = 0
        self._lock = Lock()
        self._moto = _get_moto()
        self._server = make_server(
            "127.0.0.1", 0, self._answer, threaded=True, request_handler=MotoRequestHandler
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> None:
        Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            self.open_requests += 1
        try:
            if "PycURL" in environ.get("HTTP_USER_AGENT", ""):
                return self._answer_libcurl(environ, start_response)
            return self._ask_moto(environ, start_response)
        finally:
            with self._lock:
                self.open_requests -= 1

    def _answer_libcurl(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if self.fault is Fault.ANSWER_LOST:
            self._ask_moto(environ, lambda *_: None)
        if self.fault:
            status = HTTPStatus.GATEWAY_TIMEOUT
            start_response(f"{status.value} {status.phrase}", [("Content-Length", "0")])
            return []
        [service] = _SERVICE.findall(environ["HTTP_AUTHORIZATION"])
        self.answered_libcurl.append(service)
        return self._ask_moto(environ, start_response)

    def _ask_moto(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer


@cache
def _get_moto() -> DomainDispatcherApplication:
    """The routes of all services, built once in a process. They hold no data."""
    return DomainDispatcherApplication(create_backend_app)
