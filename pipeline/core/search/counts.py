"""How many results of a user have each label name."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.core.search.items import NameCount, build_names_id

MOST_READ = 3000
"""Items that are read at most. Our models know 1,200 names, Amazon Rekognition about 3,000."""


class Count(NamedTuple):
    """A label name and the results that have it."""

    name: str
    tasks: int


def list_counts(owner_id: str) -> list[Count]:
    """The names in this user's results, those with the most results first."""
    found = NameCount.query(build_names_id(owner_id), limit=MOST_READ)
    counts = [Count(each.name, int(each.tasks)) for each in found if each.tasks > 0]
    return sorted(counts, key=lambda count: (-count.tasks, count.name))
