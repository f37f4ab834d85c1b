"""How long the API takes to answer, to one client and to twenty at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

import httpx

from infra.local.demo.client import DemoError, SpotterClient, guess_content_type
from infra.local.state import State

RESULT_INTERVAL_SECONDS = 0.02
RESULT_SECONDS = 60
WARM_UP_ROUNDS = 4

Result = TypeVar("Result")


@dataclass
class Latencies:
    """Seconds of each call, by what was called."""

    upload: list[float] = field(default_factory=list)
    get: list[float] = field(default_factory=list)
    history: list[float] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


def measure_api(
    state: State, token: str, photos: list[Path], *, clients: int, rounds: int
) -> Latencies:
    """Let each client upload, get and list, `rounds` times over."""
    latencies = Latencies()

    def use(number: int) -> None:
        with SpotterClient(state.api_url, token) as client:
            for photo in _take(photos, rounds, start=number):
                try:
                    _visit(client, photo, latencies)
                except (DemoError, httpx.HTTPError) as error:
                    latencies.errors.append(error)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(use, range(clients)))
    return latencies


def warm_up(state: State, token: str, photos: list[Path], *, clients: int) -> None:
    """Let the local AWS start a process for each concurrent request; on a small machine that
    takes long, and it happens once."""
    for _ in range(WARM_UP_ROUNDS):
        if not measure_api(state, token, photos, clients=clients, rounds=1).errors:
            return


def measure_result(state: State, token: str, photos: list[Path], *, rounds: int) -> list[float]:
    """Seconds from the start of an upload until its result is there, one after the other."""
    seconds: list[float] = []
    with SpotterClient(state.api_url, token) as client:
        for photo in _take(photos, rounds):
            started = time.perf_counter()
            task_id = client.upload_direct(photo.read_bytes(), guess_content_type(photo), "bench")
            while client.get_result(task_id)["status"] != "succeeded":
                if time.perf_counter() - started > RESULT_SECONDS:
                    raise TimeoutError(f"No result of task {task_id}")
                time.sleep(RESULT_INTERVAL_SECONDS)
            seconds.append(time.perf_counter() - started)
    return seconds


def _visit(client: SpotterClient, photo: Path, latencies: Latencies) -> None:
    data, content_type = photo.read_bytes(), guess_content_type(photo)
    upload = partial(client.upload_direct, data, content_type, "bench")
    task_id = _time(latencies.upload, upload)
    _time(latencies.get, partial(client.get_result, task_id))
    _time(latencies.history, client.list_results)


def _take(photos: list[Path], count: int, start: int = 0) -> Iterator[Path]:
    for number in range(start, start + count):
        yield photos[number % len(photos)]


def _time(latencies: list[float], call: Callable[[], Result]) -> Result:
    started = time.perf_counter()
    result = call()
    latencies.append(time.perf_counter() - started)
    return result
