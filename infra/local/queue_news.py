"""Ends the wait of a reader of a queue when a message comes.

ministack looks for messages ten times a second, so each waits for 50 ms on average and up to 100.
SQS hands them to a waiting reader at once.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import asyncio
from types import SimpleNamespace
from typing import Any

Sleeper = tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]


class News:
    """Tells sleeping readers of new messages. Any thread may tell."""

    def __init__(self) -> None:
        self._sleepers: set[Sleeper] = set()

    async def sleep(self, seconds: float) -> None:
        """Sleep until there are news, but no longer than so many seconds."""
        loop = asyncio.get_running_loop()
        sleeper = (loop, loop.create_future())
        self._sleepers.add(sleeper)
        try:
            await asyncio.wait([sleeper[1]], timeout=seconds)
        finally:
            self._sleepers.discard(sleeper)

    def tell(self) -> None:
        """Wake all who sleep now."""
        for loop, woken in list(self._sleepers):
            loop.call_soon_threadsafe(_finish, woken)


def _finish(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


def tell_readers(sqs: Any) -> None:
    """Let ministack's module of queues wake its readers, beside what it wakes anyway."""
    news, mappings = News(), sqs.esm_wake

    def tell() -> None:
        mappings.set()
        news.tell()

    sqs.esm_wake = SimpleNamespace(set=tell)
    sqs.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": news.sleep})
