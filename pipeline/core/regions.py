"""The regions of a system, and which of them a task belongs to.

Each region runs everything. The home of a task is the region that took it: the message is in that
region's queue, and only that region's sweep repairs the task.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipeline.core.settings import read_environment


@dataclass(frozen=True)
class Regions:
    """Where this process runs, and which regions there are."""

    here: str
    names: tuple[str, ...] = ()
    """All regions, the oldest first. Empty in a system of one region."""

    @property
    def new_home(self) -> str | None:
        """What a new task stores as its home. In one region that is nothing: it costs nothing."""
        return self.here if self.names else None

    def find_home(self, home_region: str | None) -> str:
        """The home of a task. Those from before the second region belong to the oldest region.

        Args:
            home_region: As the task stores it.
        """
        return home_region or (self.names[0] if self.names else self.here)

    def is_home(self, home_region: str | None) -> bool:
        """Whether a task that stores this home belongs to the region of this process."""
        return self.find_home(home_region) == self.here


@cache
def load_regions() -> Regions:
    """Read the regions from the environment: AWS_REGION, and REGIONS with commas between names.

    REGIONS is only set in a system of several regions.
    """
    environment = read_environment()
    names = [name for name in environment.get("regions", "").split(",") if name]
    return Regions(environment.get("aws_region", ""), tuple(names))
