"""Serves the stand-in on a port of this machine."""

from __future__ import annotations

import json
import logging
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

from infra.local.rekognition.answers import RefusedError, StandIn

logger = logging.getLogger(__name__)

TARGET_PREFIX = "RekognitionService."


class RekognitionServer(ThreadingHTTPServer):
    """Listens on the loopback interface. Port 0 takes a free one."""

    daemon_threads = True

    def __init__(self, stand_in: StandIn, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.stand_in = stand_in
        self.fault: RefusedError | None = None
        """If set, every request is refused with it, as by a throttled or broken Rekognition."""
        self.calls: list[str] = []
        """The operations that were asked for."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: RekognitionServer
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self._send(HTTPStatus.OK, self._answer(body))
        except RefusedError as refused:
            fault = {"__type": refused.code, "Message": refused.message}
            self._send(HTTPStatus.BAD_REQUEST, fault)
        except Exception:
            logger.exception("The stand-in for Rekognition failed")
            fault = {"__type": "InternalServerError", "Message": "See the stand-in's log"}
            self._send(HTTPStatus.INTERNAL_SERVER_ERROR, fault)

    def log_message(self, format: str, *arguments: Any) -> None:
        logger.debug(format, *arguments)

    def _answer(self, body: bytes) -> dict[str, Any]:
        target = self.headers.get("X-Amz-Target", "")
        operation = target.removeprefix(TARGET_PREFIX)
        self.server.calls.append(operation)
        if "/rekognition/aws4_request" not in self.headers.get("Authorization", ""):
            raise RefusedError("MissingAuthenticationTokenException", "The request is not signed")
        if self.server.fault:
            raise self.server.fault
        try:
            request = json.loads(body)
        except ValueError as error:
            raise RefusedError("SerializationException", "The body is not JSON") from error
        return self.server.stand_in.answer(operation, request)

    def _send(self, status: HTTPStatus, answer: dict[str, Any]) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("x-amzn-RequestId", str(uuid4()))
        self.end_headers()
        self.wfile.write(data)
