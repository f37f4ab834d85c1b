"""Asks the front in a steady rhythm: when does it answer, and from which region?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from infra.local.regions.front import ANSWERED

INTERVAL_SECONDS = 0.2
PATIENCE_SECONDS = 5.0


@dataclass(frozen=True)
class Answer:
    """One request and what came back."""

    at: float
    """When it was asked, by time.monotonic."""
    is_answered: bool
    region: str = ""


@dataclass
class Prober:
    """Requests of a signed-in user, without any retry."""

    url: str
    token: str
    answers: list[Answer] = field(default_factory=list)

    def ask(self, http: httpx.Client) -> None:
        at = time.monotonic()
        try:
            answer = http.get(self.url, headers={"Authorization": self.token})
        except httpx.TransportError:
            self.answers.append(Answer(at, is_answered=False))
            return
        is_answered = answer.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
        region = answer.headers.get(ANSWERED.decode(), "")
        self.answers.append(Answer(at, is_answered, region))

    def find_turn(self, region: str, since: float) -> float | None:
        """When this region first answered; None if it has not yet."""
        found = (
            it.at
            for it in self.answers
            if it.at >= since and it.is_answered and it.region == region
        )
        return min(found, default=None)

    def compute_share(self, start: float, end: float) -> float:
        """The share of requests in this time that were answered."""
        asked = [it.is_answered for it in self.answers if start <= it.at < end]
        return sum(asked) / len(asked) if asked else 1.0


@contextmanager
def probing(prober: Prober) -> Iterator[Prober]:
    """Ask until the block ends."""
    done = threading.Event()

    def run() -> None:
        with httpx.Client(timeout=PATIENCE_SECONDS) as http:
            while not done.wait(INTERVAL_SECONDS):
                prober.ask(http)

    thread = threading.Thread(target=run, daemon=True, name="prober")
    thread.start()
    try:
        yield prober
    finally:
        done.set()
        thread.join(2 * PATIENCE_SECONDS)
