"""Pictures that belong to no task: what is left if a process stops in the middle of its work.

Previews and thumbnails belong to the task of their picture.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta
from pipeline.core.errors import HOPELESS_CODES
from pipeline.core.storage import (
    IMAGE_PREFIX,
    UPLOAD_PREFIX,
    ImageStore,
    StoredPicture,
    get_image_key,
    get_task_id,
)
from pipeline.core.tasks.record import Task
from pipeline.lambdas.telemetry import logger

SETTLED_AFTER = timedelta(hours=2)
"""Age after which nothing works on a picture without a task any more. A form is valid for an
eighth of it."""

INTERVAL = timedelta(minutes=10)
MAX_PICTURES = 1000
"""Objects of each prefix in one interval: 144,000 a day. S3 lists no more in a call. The task of
up to three of them, picture, preview and thumbnail, is read once."""


class Place(Model):
    """Up to which picture of a prefix the last look came.

    It is in the table of tasks, but lacks the keys of their indexes, so no list shows it.
    """

    class Meta(BaseMeta): ...

    place_id = UnicodeAttribute(hash_key=True, attr_name="task_id")
    last_key = UnicodeAttribute(default="")
    looked_at = UTCDateTimeAttribute(default=datetime.fromtimestamp(0, UTC))


def delete_strays(store: ImageStore, now: datetime, region: str | None = None) -> int:
    """Look at the next pictures of the bucket and delete those that belong to no task.

    Args:
        region: This region, if others have the pictures too. Then each region deletes only its own:
            while regions are cut off from each other, a picture can arrive here long before its
            task, and its deletion would follow it back.

    Returns:
        How many were deleted.
    """
    return sum(_look(prefix, store, now, region) for prefix in (IMAGE_PREFIX, UPLOAD_PREFIX))


def _look(prefix: str, store: ImageStore, now: datetime, region: str | None) -> int:
    place = _find_place(prefix, region)
    if place.looked_at > now - INTERVAL:
        return 0
    pictures = store.list_page(prefix, after=place.last_key, limit=MAX_PICTURES)
    strays = _find_strays(pictures, stored_before=now - SETTLED_AFTER)
    if region:
        strays = [key for key in strays if not store.is_replica(key)]
    for key in strays:
        store.delete(key)
        logger.warning("Picture without a task deleted", task_id=get_task_id(key))
    # After the last page, which is short, the next look starts at the beginning.
    last_key = pictures[-1].key if len(pictures) == MAX_PICTURES else ""
    place.update(actions=[Place.last_key.set(last_key), Place.looked_at.set(now)])
    return len(strays)


def _find_place(prefix: str, region: str | None) -> Place:
    # All regions share the table, and each has a bucket of its own.
    place_id = f"strays:{region}:{prefix}" if region else f"strays:{prefix}"
    try:
        return Place.get(place_id)
    except Place.DoesNotExist:
        return Place(place_id)


def _find_strays(pictures: Sequence[StoredPicture], stored_before: datetime) -> list[str]:
    task_ids = {get_task_id(picture.key) for picture in pictures}
    attributes = [Task.image_key.attr_name, Task.error_code.attr_name]
    named = {
        task.image_key
        for task in Task.batch_get(task_ids, attributes_to_get=attributes)
        if task.error_code not in HOPELESS_CODES
    }
    return [
        picture.key
        for picture in pictures
        if picture.stored_at < stored_before and get_image_key(picture.key) not in named
    ]
