"""A WebSocket API as its senders see it: it takes messages for sockets and knows which are gone."""

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
        self.statuses: dict[str, HTTPStatus] = {}
        """Sockets whose messages are answered with another status than 200."""

    def receive(self, connection_id: str, body: bytes) -> HTTPStatus:
        status = self.statuses.get(connection_id, HTTPStatus.OK)
        if status == HTTPStatus.OK:
            self.messages[connection_id].append(json.loads(body))
        return status


ERRORS = {HTTPStatus.GONE: "GoneException", HTTPStatus.FORBIDDEN: "ForbiddenException"}


@contextmanager
def running_live_gateway() -> Iterator[LiveGateway]:
    """Run the gateway on a free port of this machine during the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            connection_id = unquote(self.path.rpartition("/@connections/")[2])
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = gateway.receive(connection_id, body)
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
