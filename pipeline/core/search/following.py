"""Which changes of tasks the index of words follows, and how long that is tried.

The same function guards successes: `pipeline.core.tasks.guard`. In one region its pattern matches
nothing. AWS advises one reader for the stream of a global table, so it is no function of its own:
docs/adr/0020-two-regions.md.
"""

from __future__ import annotations

import json

from pipeline.core.tasks import guard
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.stream import Reading


def build_filters() -> tuple[str, str]:
    """The patterns of records: a result was stored or changed, or one is gone."""
    is_result = {Task.status.attr_name: {"S": [TaskStatus.SUCCEEDED.value]}}
    stored = {"eventName": ["INSERT", "MODIFY"], "dynamodb": {"NewImage": is_result}}
    gone = {"eventName": ["REMOVE"], "dynamodb": {"OldImage": is_result}}
    return json.dumps(stored), json.dumps(gone)


INDEX_WORDS = Reading(
    filters=(*build_filters(), guard.build_filter()),
    starting_position="TRIM_HORIZON",  # A record that comes twice does no harm
    batch_size=25,
    max_retries=10,
    max_age_seconds=6 * 3600,  # A day later AWS itself forgets the record
    failures="failed-words",
)
