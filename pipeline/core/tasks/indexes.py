"""The indexes of the table of tasks. Each lists tasks by what its name says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pynamodb.attributes import NumberAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

if TYPE_CHECKING:
    from pipeline.core.tasks.record import Task  # noqa: F401 # Named in quotes below


class OwnerIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one user in order of creation, with all attributes: history shows labels."""

    class Meta:
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class OwnerStatusIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one user and one status in order of creation: only their keys.

    A page of one status reads what it shows, however many tasks of other statuses its owner has.
    """

    class Meta:
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    listed_as = NumberAttribute(range_key=True)


class ReferenceIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one user and one reference in order of creation: only their keys.

    Only tasks with a reference are in it, so it costs nothing for others.
    """

    class Meta:
        projection = KeysOnlyProjection()

    owner_reference = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


def build_reference(owner_id: str, reference: str) -> str:
    """The key in `by_reference`. Two users may use the same reference."""
    return f"{owner_id}#{reference}"


class StatusIndex(GlobalSecondaryIndex["Task"]):
    """The tasks of one status in order of creation, without the large attributes."""

    class Meta:
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
                "file_name",
                "last_error",
            ]
        )

    status = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class UnfinishedIndex(GlobalSecondaryIndex["Task"]):
    """The unfinished tasks of one user: only they have the index's range key.

    The stored names are older. They stay, because two releases run during a deployment.
    """

    class Meta:
        index_name = "in_flight"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    unfinished_since = UTCDateTimeAttribute(range_key=True, attr_name="in_flight_since")


class RetryingIndex(GlobalSecondaryIndex["Task"]):
    """The tasks whose last delivery failed and that will be delivered again.

    Only they have the index's hash key, so the index is empty while nothing fails.
    """

    class Meta:
        projection = IncludeProjection(
            ["owner_id", "status", "worker", "receive_count", "last_error", "last_error_at"]
        )

    retrying = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class CorrectedIndex(GlobalSecondaryIndex["Task"]):
    """The results that their owners corrected, in order of correction.

    Only they have the index's hash key.
    """

    class Meta:
        projection = IncludeProjection(["owner_id", "labels", "corrections", "models"])

    corrected = UnicodeAttribute(hash_key=True)
    corrected_at = UTCDateTimeAttribute(range_key=True)


def count_microseconds(moment: datetime) -> int:
    """Microseconds since 1970, exactly: the order in `OwnerStatusIndex`."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
