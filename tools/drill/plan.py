"""What is tried, and what is counted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

LOAD_SECONDS = 16.0
"""How long photos are sent."""
CALM_SECONDS = 4.0
"""How long the load runs before something breaks, and how long photos wait before that."""


@dataclass(frozen=True)
class Scenario:
    """One way to lose a region."""

    name: str
    is_cold: bool = False
    """The survivor has no running function and no worker when the region goes."""
    has_waiting: bool = False
    """The workers of the region die before it goes, so photos wait in its queue."""
    is_cut: bool = False
    """Both regions work, but do not reach each other."""


SCENARIOS: Mapping[str, Scenario] = {
    it.name: it
    for it in (
        Scenario("warm_survivor"),
        Scenario("cold_survivor", is_cold=True),
        Scenario("waiting_in_lost_queue", has_waiting=True),
        Scenario("both_work_while_cut", is_cut=True),
    )
}


@dataclass(frozen=True)
class Row:
    """The results of one scenario. None: it does not happen there."""

    scenario: str
    accepted: int
    lost: int
    """Accepted, and not final in one of the regions at the end."""
    wrong: int
    """Failed, with the labels of another photo, or not the same in both regions."""
    doubled: int
    """Photos with more than one task."""
    refused: int
    """Their clients gave up. They were never accepted."""
    turned_seconds: float | None
    """From the outage until the other region answers."""
    takeover_seconds: float | None
    """How long the operator's commands ran."""
    adopted: int
    """Tasks that the survivor took over."""
    final_seconds: float
    """From the outage until all photos that the survivor knows are final there; from the end of a
    cut until both regions say the same."""
    after_return: int
    """Photos that were final only after the region was back."""
    restored: int
    """Successes that another region's failure had replaced, and the guard put back."""
    answered: float
    """Share of requests with an answer, from the outage until the last photo was sent."""

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.wrong or self.doubled)
