"""Takes over the open tasks of a lost region, and gives them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.core.errors import TaskFinishedError
from pipeline.core.tasks import flow, homes
from pipeline.core.tasks.record import OPEN_STATUSES, Task

if TYPE_CHECKING:
    from pipeline.core.queue import TaskQueue
    from pipeline.core.regions import Regions
    from pipeline.core.storage import ImageStore


@dataclass
class Adopted:
    """What became of the open tasks of a lost region."""

    queued: int = 0
    """Their pictures are here: this region's workers recognise them."""
    forms: int = 0
    """Their pictures were never sent: this region takes them, or expires the tasks."""
    without_picture: list[str] = field(default_factory=list)
    """Ids of tasks whose picture has not arrived here. They stay with the lost region. Adopt again
    when more pictures have arrived."""


def adopt(lost: str, regions: Regions, store: ImageStore, queue: TaskQueue) -> Adopted:
    """Make the open tasks of a lost region those of this region. A repeat does no harm.

    Table, queue: the write refuses a task that has moved on since it was read. If the process stops
    in between, this region's sweep sends the message.

    Args:
        lost: Name of the region.
        store: The pictures of this region.
        queue: The queue of this region.
    """
    adopted = Adopted()
    for task in _list_open(lost, regions):
        try:
            _adopt(task, lost, regions.here, store, queue, adopted)
        except TaskFinishedError:
            continue  # It changed after it was read: the lost region still lives, or a resend came
    return adopted


def give_back(region: str, regions: Regions) -> int:
    """Return the tasks that were adopted from a region and that no worker has begun.

    Their messages are still in the queue of that region. A message here finds a task that is in
    work or finished, and does nothing.

    Returns:
        The number of tasks. The others are finished here.
    """
    count = 0
    for task in _list_open(regions.here, regions):
        if task.adopted_from == region:
            try:
                homes.give_back(task, region)
            except TaskFinishedError:
                continue
            count += 1
    return count


def _list_open(home: str, regions: Regions) -> Iterator[Task]:
    """The open tasks of a home, as they are now."""
    for status in OPEN_STATUSES:
        for task in list(Task.by_status.query(status.value)):
            try:
                task.refresh(consistent_read=True)  # The index lags behind and lacks the home
            except Task.DoesNotExist:
                continue
            if regions.find_home(task.home_region) == home and task.status in OPEN_STATUSES:
                yield task


def _adopt(
    task: Task, lost: str, here: str, store: ImageStore, queue: TaskQueue, adopted: Adopted
) -> None:
    if not task.image_key:
        homes.adopt_form(task, here, lost)
        adopted.forms += 1
    elif store.has(task.image_key):
        homes.adopt(task, here, lost)
        flow.send(task, queue)
        adopted.queued += 1
    else:
        adopted.without_picture.append(task.task_id)
