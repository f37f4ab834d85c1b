"""Many photos at the same time, within the limits of the user.

The service refuses what comes too fast and says when to come again, and each request waits so long.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

from spotter_client._async.client import AsyncSpotter
from spotter_client._sync.client import Spotter
from spotter_client.errors import SpotterError
from spotter_client.models import Task
from spotter_client.options import Options
from spotter_client.photos import Source

AT_ONCE = 8


@dataclass(frozen=True)
class Outcome:
    """What became of one photo: its task, or an error."""

    photo: Source
    task: Task | None = None
    error: SpotterError | None = None


def look_at_many(
    spotter: Spotter,
    photos: Iterable[Source],
    options: Options = Options(),
    *,
    at_once: int = AT_ONCE,
) -> Iterator[Outcome]:
    """Send many photos and give each result as soon as it is there.

    At most `at_once` photos are in memory. `photos` may be endless.
    """

    def look(photo: Source) -> Outcome:
        try:
            return Outcome(photo, spotter.look(photo, options))
        except SpotterError as error:
            return Outcome(photo, error=error)

    left = iter(photos)
    with ThreadPoolExecutor(at_once, "spotter") as pool:
        running: set[Future[Outcome]] = {pool.submit(look, it) for it in islice(left, at_once)}
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(look, it) for it in islice(left, len(done))}
            for future in done:
                yield future.result()


async def look_at_many_async(
    spotter: AsyncSpotter,
    photos: Iterable[Source],
    options: Options = Options(),
    *,
    at_once: int = AT_ONCE,
) -> AsyncIterator[Outcome]:
    """The same for asyncio."""

    async def look(photo: Source) -> Outcome:
        try:
            return Outcome(photo, await spotter.look(photo, options))
        except SpotterError as error:
            return Outcome(photo, error=error)

    left = iter(photos)
    running = {asyncio.create_task(look(it)) for it in islice(left, at_once)}
    try:
        while running:
            done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            running |= {asyncio.create_task(look(it)) for it in islice(left, len(done))}
            for finished in done:
                yield finished.result()
    finally:
        for unfinished in running:
            unfinished.cancel()
