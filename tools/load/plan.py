"""The settings that the main process gives to Locust's process."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from infra.local.state import Person, State

VARIABLE = "SPOTTER_LOAD_PLAN"
"""The environment variable with the path of the plan."""


class Plan(BaseModel, frozen=True):
    """One run of Locust."""

    state: State
    people: list[Person]
    photos: list[Path]
    samples: Path
    uploads_per_user: int | None
    """All at once. None: one upload every `pace_seconds` until the time is over."""
    requests_at_once: int
    """Most requests at once of all users. Each starts a process of the local AWS (60 MB, 1 s)."""
    pace_seconds: float
    """Seconds between the starts of two uploads of one user."""
