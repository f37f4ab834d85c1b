"""The steady load: clients upload real photos, each made unique, and retry as the API asks."""

import hashlib
import itertools
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from threading import Event
from typing import Any
from uuid import uuid4

import httpx

from infra.local.demo.backoff import Backoff
from infra.local.demo.client import sign_in
from infra.local.state import State
from pipeline.core.options import Engine
from tools.chaos.photos import CONTENT_TYPES, make_unique

PATIENCE_SECONDS = 90
"""Seconds after which a refused client gives up. Its picture was never accepted."""

CLIENTS = 8


@dataclass(frozen=True)
class Picture:
    """One photo with a unique note, so that no two pictures have the same bytes."""

    photo: str
    data: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[Path(self.photo).suffix]


@dataclass(frozen=True)
class Accepted:
    """A picture that the API answered with 2xx."""

    task_id: str
    picture: Picture
    at: float
    """Time of acceptance by time.monotonic."""


class Load:
    """Clients of the API. They alternate between direct uploads and forms."""

    def __init__(self, state: State, photos: Sequence[Path]) -> None:
        self._photos = {photo.name: photo.read_bytes() for photo in photos}
        self._api_url = state.api_url
        self._tokens = itertools.cycle([sign_in(state, person) for person in state.people])
        self._http = httpx.Client(timeout=30)
        self.accepted: list[Accepted] = []
        self._engine = Engine.SPOTTER

    def build_pictures(self, count: int) -> list[Picture]:
        """The next `count` pictures; the photos take turns."""
        names = itertools.islice(itertools.cycle(self._photos), count)
        return [Picture(name, make_unique(name, self._photos[name])) for name in names]

    def run(
        self,
        pictures: Sequence[Picture],
        seconds: float,
        stop: Event,
        engine: Engine = Engine.SPOTTER,
    ) -> None:
        """Send the pictures evenly over `seconds`, and wait until each is accepted or refused."""
        self.accepted = []
        self._engine = engine
        with ThreadPoolExecutor(CLIENTS) as pool:
            for number, picture in enumerate(pictures):
                pool.submit(self._send, picture, next(self._tokens), by_form=number % 4 == 3)
                if stop.wait(seconds / len(pictures)):
                    return

    def _send(self, picture: Picture, token: str, *, by_form: bool) -> None:
        """Upload one picture. Each retry sends the same key, so the picture is one task."""
        headers = {"Authorization": token, "Idempotency-Key": uuid4().hex}
        backoff, deadline = Backoff(), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            answered: Mapping[str, str] | None = None
            try:
                attempt = self._send_form if by_form else self._send_directly
                response, task_id = attempt(picture, headers)
                if response.is_success:
                    self.accepted.append(Accepted(task_id, picture, time.monotonic()))
                    return
                if response.status_code < 500 and response.status_code not in (409, 429):
                    break
                answered = response.headers
            except httpx.TransportError:
                pass  # The request may have arrived; the key makes the retry safe
            time.sleep(backoff.next(answered))

    def _send_directly(
        self, picture: Picture, headers: dict[str, str]
    ) -> tuple[httpx.Response, str]:
        response = self._http.post(
            f"{self._api_url}/upload",
            params={"engine": self._engine},
            content=picture.data,
            headers={**headers, "Content-Type": picture.content_type},
        )
        return response, _get_id(response)

    def _send_form(self, picture: Picture, headers: dict[str, str]) -> tuple[httpx.Response, str]:
        body = {
            "contentType": picture.content_type,
            "sizeBytes": len(picture.data),
            "engine": self._engine,
        }
        response = self._http.post(f"{self._api_url}/upload", json=body, headers=headers)
        if not response.is_success:
            return response, ""
        form: dict[str, Any] = response.json()["upload"]
        files = {"file": (picture.photo, picture.data, picture.content_type)}
        stored = self._http.post(form["url"], data=form["fields"], files=files)
        return stored, _get_id(response)


def _get_id(response: httpx.Response) -> str:
    if response.status_code not in (HTTPStatus.CREATED, HTTPStatus.ACCEPTED):
        return ""
    return str(response.json()["taskId"])
