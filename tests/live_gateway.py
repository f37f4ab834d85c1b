"""A WebSocket API as programs see it: it sends to sockets, closes them and knows which are gone."""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import unquote


class LiveGateway:
    """Messages by the id of their socket."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.messages: dict[str, list[Any]] = defaultdict(list)
        self.closed: list[str] = []
        self.statuses: dict[str, HTTPStatus] = {}
        """Sockets whose messages, or whose end, are answered with another status than 200."""

    def receive(self, connection_id: str, body: bytes) -> HTTPStatus:
        status = self.statuses.get(connection_id, HTTPStatus.OK)
        if status == HTTPStatus.OK:
            self.messages[connection_id].append(json.loads(body))
        return status

    def close(self, connection_id: str) -> HTTPStatus:
        status = self.statuses.get(connection_id, HTTPStatus.NO_CONTENT)
        if status == HTTPStatus.NO_CONTENT:
            self.closed.append(connection_id)
        return status


ERRORS = {HTTPStatus.GONE: "GoneException", HTTPStatus.FORBIDDEN: "ForbiddenException"}


@contextmanager
def running_live_gateway() -> Iterator[LiveGateway]:
    """Run the gateway on a free port of this machine during the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(gateway.receive(self._get_connection_id(), body))

        def do_DELETE(self) -> None:
            self._answer(gateway.close(self._get_connection_id()))

        def _get_connection_id(self) -> str:
            return unquote(self.path.rpartition("/@connections/")[2])

        def _answer(self, status: HTTPStatus) -> None:
            self.send_response(status)
            self.send_header("x-amzn-ErrorType", ERRORS.get(status, ""))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        gateway = LiveGateway(f"http://127.0.0.1:{server.server_address[1]}/live")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield gateway
        server.shutdown()
        thread.join()
