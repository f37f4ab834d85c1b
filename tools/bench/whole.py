"""Measures upload to result with 1, 20 and 100 users at the promised rate."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from infra.local.demo.client import SpotterClient
from infra.local.state import State
from tools.bench.crowd import Crowd, pace


@dataclass
class Whole:
    """Results of the users."""

    users: int
    crowd: Crowd  # Times from the start of the upload
    visible: list[float] = field(default_factory=list)
    """Seconds from the complete upload until the user sees the result."""
    requests: float = 0
    """Requests to the API for each picture."""


def measure_whole(
    state: State, token: str, photos: list[Path], *, users: int, seconds: float
) -> Whole:
    """Let each user send one picture every ten seconds and wait for the hint that it is finished.

    All users are one account with one socket, because an account has at most ten sockets.
    """
    visible: list[float] = []
    with SpotterClient(state.api_url, token) as client:

        def recognise(photo: Path) -> None:
            client.hints.open()
            task_id = client.spotter.upload(photo)
            uploaded = time.perf_counter()
            client.hints.wait(task_id)
            visible.append(time.perf_counter() - uploaded)

        crowd = pace(recognise, photos, users=users, seconds=seconds)
        requests = client.request_count / max(1, len(visible))
    return Whole(users, crowd, visible, requests)
