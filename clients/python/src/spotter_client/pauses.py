"""A pause, in both kinds of client."""

import asyncio
import time


def pause(seconds: float) -> None:
    """Let this thread sleep."""
    time.sleep(seconds)


async def async_pause(seconds: float) -> None:
    """Let other work go on meanwhile."""
    await asyncio.sleep(seconds)
