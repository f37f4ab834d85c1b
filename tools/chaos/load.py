"""The steady load: clients upload real photos, each made unique, and retry as the API asks."""

import hashlib
import itertools
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from infra.local.demo.client import open_spotter
from infra.local.state import State
from pipeline.core.options import Engine
from spotter_client import Options, Retries, Spotter, SpotterError
from spotter_client.photos import Photo
from tools.chaos.photos import CONTENT_TYPES, make_unique

PATIENCE = Retries(count=16, patience_seconds=8)
"""A client that is refused for about 90 s gives up. Its picture was never accepted."""

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
    def upload(self) -> Photo:
        """What a client sends."""
        return Photo(self.data, CONTENT_TYPES[Path(self.photo).suffix], self.photo)


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
        self._spotters = itertools.cycle(
            [open_spotter(state, person, PATIENCE) for person in state.people]
        )
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
                pool.submit(self._send, picture, next(self._spotters), by_form=number % 4 == 3)
                if stop.wait(seconds / len(pictures)):
                    return

    def _send(self, picture: Picture, spotter: Spotter, *, by_form: bool) -> None:
        """Upload one picture. Each retry sends the same key, so the picture is one task."""
        upload = spotter.upload_by_form if by_form else spotter.upload
        with suppress(SpotterError):  # It was not accepted
            task_id = upload(picture.upload, Options(engine=self._engine.value))
            self.accepted.append(Accepted(task_id, picture, time.monotonic()))
