"""The indexes of the table of tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

if TYPE_CHECKING:
    from pipeline.core.models import Task  # noqa: F401 # In the types of the indexes


class OwnerIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one user in order of creation. Complete: history shows labels."""

    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class StatusIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one status in order of creation, without what is large."""

    class Meta:
        index_name = "by_status"
        projection = IncludeProjection(
            [
                "owner_id",
                "image_key",
                "updated_at",
                "queued_at",
                "finished_at",
                "requeue_count",
                "error_code",
                "worker",
                "models",
                "total_ms",
            ]
        )

    status = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class InFlightIndex(GlobalSecondaryIndex["Task"]):
    """The unfinished tasks of one user: only those have its range key."""

    class Meta:
        index_name = "in_flight"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    in_flight_since = UTCDateTimeAttribute(range_key=True)
