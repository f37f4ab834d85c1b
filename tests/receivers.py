"""A receiver of webhooks on this machine, as users write them, and what hostile ones do."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True)
class Call:
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class Receiver:
    """Keeps the calls, and answers each path as it was told."""

    url: str
    calls: list[Call] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    """Status by path; 204 for all others."""
    answers: dict[str, bytes] = field(default_factory=dict)
    locations: dict[str, str] = field(default_factory=dict)
    drips: set[str] = field(default_factory=set)
    """Paths whose answer never ends: a byte now and then."""
    closing: Event = field(default_factory=Event)

    def list_paths(self) -> list[str]:
        return [call.path for call in self.calls]


@contextmanager
def running_receiver(port: int = 0) -> Iterator[Receiver]:
    """Run a receiver on this machine during the block; on a free port unless one is named."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.calls.append(Call(self.path, dict(self.headers.items()), body))
            if self.path in receiver.drips:
                self._drip()
                return
            answer = receiver.answers.get(self.path, b"")
            self.send_response(receiver.statuses.get(self.path, 204))
            if self.path in receiver.locations:
                self.send_header("Location", receiver.locations[self.path])
            if answer.startswith(gzip.compress(b"")[:2]):
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            with suppress(ConnectionError):  # The caller reads no more than it wants
                self.wfile.write(answer)

        def _drip(self) -> None:
            with suppress(ConnectionError):
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                while not receiver.closing.wait(0.05):
                    self.wfile.write(b"x")

        def log_message(self, format: str, *args: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield receiver
        receiver.closing.set()
        server.shutdown()
        thread.join()
