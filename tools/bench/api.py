"""Measures the latency of the API with one client and with twenty at once."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from infra.local.clients import Clients
from infra.local.demo.client import SpotterClient
from infra.local.names import build_function_name
from infra.local.state import State
from spotter_client import SpotterError
from spotter_client.photos import read_photo

WARM_UP_ROUNDS = 4

Result = TypeVar("Result")


@dataclass
class Latencies:
    """Seconds of each call, by route."""

    upload: list[float] = field(default_factory=list)
    get: list[float] = field(default_factory=list)
    history: list[float] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)


def lift_limits(clients: Clients) -> None:
    """Lift the limits for one user, so that one account can be the whole crowd."""
    name = build_function_name("upload")
    functions = clients.functions
    there = functions.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    lifted = {
        "MAX_UNFINISHED_TASKS": "100000",
        "UPLOADS_PER_SECOND": "1000",
        "UPLOAD_BURST": "100000",
    }
    functions.update_function_configuration(
        FunctionName=name, Environment={"Variables": {**there, **lifted}}
    )


def measure_api(
    state: State, token: str, photos: list[Path], *, clients: int, rounds: int
) -> Latencies:
    """Let each client upload, get and list, `rounds` times."""
    latencies = Latencies()

    def use(number: int) -> None:
        with SpotterClient(state.api_url, token) as client:
            for photo in _take(photos, rounds, start=number):
                try:
                    _visit(client, photo, latencies)
                except SpotterError as error:
                    latencies.errors.append(error)

    with ThreadPoolExecutor(clients) as pool:
        list(pool.map(use, range(clients)))
    return latencies


def warm_up(state: State, token: str, photos: list[Path], *, clients: int) -> None:
    """Let the local AWS start one process per concurrent request before anything is measured.

    This takes long on a small machine and happens once.
    """
    for _ in range(WARM_UP_ROUNDS):
        if not measure_api(state, token, photos, clients=clients, rounds=1).errors:
            return


def _visit(client: SpotterClient, photo: Path, latencies: Latencies) -> None:
    upload = partial(client.spotter.upload, read_photo(photo))
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
