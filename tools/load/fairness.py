"""Measures a user with few photos, alone and beside a user with thousands."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from infra.local.demo.client import open_spotter, sign_in
from infra.local.state import Person, State
from spotter_client import Spotter, SpotterError
from spotter_client.finished import is_open
from spotter_client.photos import Photo

CLIENTS = 8
"""Concurrent uploads of the heavy user."""

COSTLY_PICTURES = 12
COSTLY_A_SECOND = 5
PAUSE_SECONDS = 0.5
RESULT_SECONDS = 300
CONTENT_TYPE = "image/jpeg"


@dataclass
class Fairness:
    """The light user's seconds from upload complete to result visible; the heavy user's counts."""

    idle: list[float]
    beside: list[float]
    sent: int
    """Accepted photos of the heavy user."""
    refusals: int
    """Answers 429 to the heavy user."""
    seconds: float
    errors: list[str] = field(default_factory=list)


class Flood:
    """Uploads photos of one user as fast as the API accepts them."""

    def __init__(self, state: State, token: str, photo: Path, limit: int) -> None:
        self._data = photo.read_bytes()
        self._http = httpx.Client(
            base_url=state.api_url, headers={"Authorization": token}, timeout=60
        )
        self._left = limit
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self.task_ids: list[str] = []
        self.refusals = 0
        self.errors: list[str] = []

    def run(self) -> None:
        """Upload until all photos are sent or `stop` is called."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            for _ in range(CLIENTS):
                pool.submit(self._send_many)

    def stop(self) -> None:
        self._stop.set()

    def _send_many(self) -> None:
        while not self._stop.is_set() and self._take():
            try:
                self._send()
            except httpx.HTTPError as error:
                self.errors.append(repr(error))

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def _send(self) -> None:
        while not self._stop.is_set():
            headers = {"Content-Type": CONTENT_TYPE}
            response = self._http.post("/upload", content=self._data, headers=headers)
            if response.status_code != 429:
                break
            self.refusals += 1
            self._stop.wait(float(response.headers["Retry-After"]))
        else:
            return
        if response.is_success:
            self.task_ids.append(response.json()["taskId"])
        else:
            self.errors.append(f"{response.status_code} {response.text}")


class CostlyAttack:
    """Sends pictures that take seconds to open by form, so that each is charged when it arrives."""

    def __init__(self, state: State, heavy: Person, photo: Path) -> None:
        self._spotter = open_spotter(state, heavy)
        self._photo = Photo(photo.read_bytes(), CONTENT_TYPE, "costly.jpg")
        self._stop = threading.Event()
        self.task_ids: list[str] = []
        self.refusals = 0
        self.errors: list[str] = []

    def run(self) -> None:
        """Send all, then wait until they are finished or `stop` is called."""
        for _ in range(COSTLY_PICTURES):
            try:
                self.task_ids.append(self._spotter.upload_by_form(self._photo))
            except SpotterError as error:
                self.errors.append(repr(error))
            self._stop.wait(1 / COSTLY_A_SECOND)
        while not self._stop.is_set() and is_open(self._spotter.get(self.task_ids[-1])):
            self._stop.wait(PAUSE_SECONDS)

    def stop(self) -> None:
        self._stop.set()


def measure_fairness(
    state: State, heavy: Person, light: Person, photo: Path, *, photos: int, seconds: float
) -> Fairness:
    """Measure before, during and after a flood of at most `photos` photos and `seconds`."""
    flood = Flood(state, sign_in(state, heavy), photo, photos)
    return _measure_beside(state, heavy, light, photo, flood, seconds=seconds)


def measure_costly(
    state: State, heavy: Person, light: Person, photo: Path, costly: Path, *, seconds: float
) -> Fairness:
    """Measure before, during and after an attack with pictures that take seconds to open."""
    attack = CostlyAttack(state, heavy, costly)
    return _measure_beside(state, heavy, light, photo, attack, seconds=seconds)


def _measure_beside(
    state: State,
    heavy: Person,
    light: Person,
    photo: Path,
    flood: Flood | CostlyAttack,
    *,
    seconds: float,
) -> Fairness:
    with open_spotter(state, light) as client:
        errors: list[str] = []
        idle = _visit(client, photo, errors, _lasting(seconds / 4))
        thread = threading.Thread(target=flood.run, name="flood")
        started = time.monotonic()
        thread.start()
        in_time = _lasting(seconds)
        beside = _visit(client, photo, errors, lambda: thread.is_alive() and in_time())
        flood.stop()
        thread.join()
        lasted = time.monotonic() - started
        errors += _wait_until_finished(state, heavy, flood.task_ids)
        idle += _visit(client, photo, errors, _lasting(seconds / 4))
    return Fairness(
        idle, beside, len(flood.task_ids), flood.refusals, lasted, [*errors, *flood.errors]
    )


def _visit(
    client: Spotter, photo: Path, errors: list[str], goes_on: Callable[[], bool]
) -> list[float]:
    seconds = []
    picture = Photo(photo.read_bytes(), CONTENT_TYPE, photo.name)
    while goes_on():
        try:
            task_id = client.upload(picture)
            started = time.monotonic()
            client.wait(task_id, RESULT_SECONDS)
            seconds.append(time.monotonic() - started)
        except SpotterError as error:
            errors.append(repr(error))
        time.sleep(PAUSE_SECONDS)
    return seconds


def _lasting(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end


def _wait_until_finished(state: State, heavy: Person, task_ids: list[str]) -> list[str]:
    errors = []
    with open_spotter(state, heavy) as client:
        for task_id in task_ids:
            try:
                client.wait(task_id, RESULT_SECONDS)
            except SpotterError as error:
                errors.append(repr(error))
    return errors
