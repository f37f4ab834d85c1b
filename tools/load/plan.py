"""What the main process tells Locust's."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel

from infra.local.state import Person, State

VARIABLE = "SPOTTER_LOAD_PLAN"
"""The environment's variable with the path of the plan."""


class Plan(BaseModel, frozen=True):
    """One run of Locust."""

    state: State
    people: list[Person]
    photos: list[Path]
    samples: Path
    uploads_per_user: int | None
    """At once and then never again; None for one every so often until the time is over."""
    requests_at_once: int
    """Of all users together. The local AWS starts a process for each, of 60 MB and a second."""
    pace_seconds: float
    """From the start of an upload to that of the next of the same user."""
