"""A receiver of webhooks that can be slow, dead, broken or treacherous, and comes back."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from infra.local.ports import find_free_port
from pipeline.lambdas.delivering.post import CALL_SECONDS
from spotter_client import Event, WebhookError, verify_webhook

PRIVATE = "http://169.254.169.254/latest/meta-data/"
"""Where a cloud tells its machines their credentials."""


class Mode(StrEnum):
    """What the receiver does with a call."""

    HEALTHY = "healthy"
    SLOW = "slow"  # It answers when nobody waits any more
    BROKEN = "broken"  # 500
    REDIRECTS = "redirects"  # To itself at another path, and to a private address


@dataclass
class Heard:
    """What reached the receiver."""

    accepted: Counter[str] = field(default_factory=Counter)
    """Calls that it answered with 204 in time, by task."""
    statuses: dict[str, str] = field(default_factory=dict)
    """What it was told of each task."""
    refused: int = 0
    """Calls that it did not take because of the fault."""
    forged: int = 0
    """Calls with a wrong signature."""
    followed: int = 0
    """Calls of the address that it redirected to."""
    last_at: float = 0.0
    """When it was last told of another task, by time.monotonic."""
    longest_wait_seconds: float = 0.0
    """From a finished task to its first accepted call."""


class Receiver:
    """Listens on one port of this machine, also after it was stopped and started again."""

    def __init__(self) -> None:
        self.port = find_free_port()
        self.mode = Mode.HEALTHY
        self.healthy_since = 0.0
        """When the fault ended, by time.monotonic."""
        self.heard = Heard()
        self.secrets: list[str] = []
        self._lock = Lock()
        self._server: ThreadingHTTPServer | None = None
        self._turn = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        """Listen."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, location = receiver.answer(self.path, dict(self.headers.items()), body)
                with suppress(ConnectionError):  # The caller may have gone
                    self.send_response(status)
                    if location:
                        self.send_header("Location", location)
                    self.send_header("Content-Length", "0")
                    self.end_headers()

            def do_GET(self) -> None:
                receiver.answer(self.path, {}, b"")

            def log_message(self, format: str, *args: object) -> None: ...

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()

    def recover(self) -> None:
        """The fault is over."""
        self.mode, self.healthy_since = Mode.HEALTHY, time.monotonic()
        if self._server is None:
            self.start()

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def answer(self, path: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str | None]:
        """Status and address of the answer to a call."""
        if path != "/hook":
            with self._lock:
                self.heard.followed += 1
            return 204, None
        event = self._verify(headers, body)
        if event is None:
            return 400, None
        mode = self.mode
        if mode is not Mode.HEALTHY:
            with self._lock:
                self.heard.refused += 1
                self._turn += 1
        if mode is Mode.SLOW:
            time.sleep(CALL_SECONDS + 1)
            return 204, None
        if mode is Mode.BROKEN:
            return 500, None
        if mode is Mode.REDIRECTS:
            own = f"http://127.0.0.1:{self.port}/elsewhere"
            return 307, PRIVATE if self._turn % 2 else own
        self._accept(event)
        return 204, None

    def _verify(self, headers: Mapping[str, str], body: bytes) -> Event | None:
        for secret in self.secrets:
            with suppress(WebhookError):
                return verify_webhook(secret, headers, body)
        with self._lock:
            self.heard.forged += 1
        return None

    def _accept(self, event: Event) -> None:
        task_id = str(event.data.get("taskId"))
        waited = (datetime.now(UTC) - event.timestamp).total_seconds()
        with self._lock:
            if not self.heard.accepted[task_id]:
                longest = max(self.heard.longest_wait_seconds, waited)
                self.heard.longest_wait_seconds = longest
                self.heard.last_at = time.monotonic()
            self.heard.accepted[task_id] += 1
            self.heard.statuses[task_id] = event.type
