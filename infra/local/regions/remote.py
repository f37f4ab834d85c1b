"""Asks the running local AWS about its regions, and turns their switches."""

from __future__ import annotations

from typing import Literal

import httpx
from pydantic import BaseModel

from infra.local.regions.switches import PREFIX
from infra.local.state import AccessKey

Switch = Literal["down", "up", "near", "cut", "join"]


class Situation(BaseModel, frozen=True):
    """The state of both regions and their link."""

    away: list[str]
    """Regions that answer nobody."""
    cut: bool
    waiting: int
    """Writes that have not reached the other region."""
    usable: list[str]
    """Regions that the front can lead callers to, the nearest first. All go to the first one."""

    def describe(self) -> str:
        """For a person."""
        link = "cut" if self.cut else "whole"
        usable = ", else to ".join(self.usable) or "the nearest, because none is healthy"
        return (
            f"The front leads to {usable}. Away: {', '.join(self.away) or 'none'}."
            f" The link is {link}, and {self.waiting} writes wait for it."
        )


def turn(
    endpoint: str, root_key: AccessKey, switch: Switch | None = None, region: str | None = None
) -> Situation:
    """Turn a switch, or only look.

    Raises:
        httpx.HTTPError: The system does not run, or has one region.
    """
    path = "/".join(filter(None, (PREFIX, region, switch)))
    answer = httpx.request(
        "POST" if switch else "GET",
        f"{endpoint}{path}",
        headers={"Authorization": root_key.secret_access_key},
        timeout=10,
    )
    return Situation.model_validate(answer.raise_for_status().json())
