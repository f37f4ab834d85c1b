"""What the list of tasks shows beside its index: file names, receives, owners, thumbnails."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.core.storage import build_thumbnail_key
from pipeline.core.tasks import record as records
from pipeline.core.tasks.version_ids import get_user_id
from portal.access.addresses import read_addresses
from portal.remote.attempts import attempt
from portal.tasks.models import Extra, Task

ATTRIBUTES = (
    "task_id", "file_name", "receive_count", "status", "error_code", "image_key", "has_thumbnail",
)  # fmt: skip


def read_extras(tasks: Sequence[Task]) -> dict[str, Extra]:
    """By task id: one read of each task, and one call of Cognito for each of a few owners.

    What does not answer stays empty: the list is there without it.
    """
    items = attempt(lambda: _read_items([task.pk for task in tasks])).value or {}
    addresses = read_addresses(get_user_id(task.owner_id) for task in tasks)
    extras = {}
    for task in tasks:
        item = items.get(task.pk)
        extras[task.pk] = Extra(
            file_name=(item.file_name or "") if item else "",
            receives=f"{int(item.receive_count)}" if item and item.receive_count else "",
            address=addresses.get(get_user_id(task.owner_id), ""),
            thumbnail_key=_find_thumbnail(item),
        )
    return extras


def _find_thumbnail(item: records.Task | None) -> str:
    if item is None or not item.has_thumbnail or not item.has_picture():
        return ""
    return build_thumbnail_key(item.image_key)


def _read_items(ids: Sequence[str]) -> dict[str, records.Task]:
    found = records.Task.batch_get(ids, attributes_to_get=list(ATTRIBUTES)) if ids else ()
    return {item.task_id: item for item in found}
