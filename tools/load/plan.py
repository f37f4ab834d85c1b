"""The plan that the main process gives to Locust's process."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from infra.local.state import Person, State

VARIABLE = "SPOTTER_LOAD_PLAN"
"""Environment variable with the path of the plan."""


class Plan(BaseModel, frozen=True):
    """One run of Locust."""

    state: State
    people: list[Person]
    photos: list[Path]
    samples: Path
    uploads_per_user: int | None
    """Photos per user at once, then none; None for one photo per pace until the end."""
    requests_at_once: int
    """Of all users together. For each the local AWS starts a process, which takes 60 MB and 1 s."""
    pace_seconds: float
    """Seconds between the starts of two uploads of one user."""
