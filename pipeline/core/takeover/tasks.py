"""Takes over the open tasks of a lost region, and gives them back.

Both go through all open tasks, which can be many. So they work page by page, and the portal stores
between two requests where it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.core.errors import TaskFinishedError
from pipeline.core.tasks import flow, homes
from pipeline.core.tasks.record import OPEN_STATUSES, Task

if TYPE_CHECKING:
    from pipeline.core.queue import TaskQueue
    from pipeline.core.regions import Regions
    from pipeline.core.storage import ImageStore


PAGE = 25
"""Tasks that one step looks at."""


@dataclass(frozen=True)
class Place:
    """Where a walk through all open tasks goes on. It can be stored as JSON."""

    status: int = 0
    """Which of the open statuses."""
    after: dict[str, Any] | None = None
    """Key of the last task that was seen."""


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

    Args:
        lost: Name of the region.
        store: The pictures of this region.
        queue: The queue of this region.
    """
    adopted = Adopted()
    place: Place | None = Place()
    while place:
        place = adopt_page(lost, regions, store, queue, adopted, place)
    return adopted


def adopt_page(
    lost: str,
    regions: Regions,
    store: ImageStore,
    queue: TaskQueue,
    adopted: Adopted,
    place: Place,
) -> Place | None:
    """One step of `adopt`.

    Table, queue: the write refuses a task that has moved on since it was read. If the process stops
    in between, this region's sweep sends the message.

    Args:
        adopted: What was done so far. This step adds to it.
        place: Where to go on.

    Returns:
        Where the next step goes on; None if all is done.
    """
    tasks, following = _read_page(place)
    for task in _refresh_open(tasks, lost, regions):
        try:
            _adopt(task, lost, regions.here, store, queue, adopted)
        except TaskFinishedError:
            continue  # It changed after it was read: the lost region still lives, or a resend came
    return following


def give_back(region: str, regions: Regions) -> int:
    """Return the tasks that were adopted from a region and that no worker has begun.

    Their messages are still in the queue of that region. A message here finds a task that is in
    work or finished, and does nothing.

    Returns:
        The number of tasks. The others are finished here.
    """
    count = 0
    place: Place | None = Place()
    while place:
        some, place = give_back_page(region, regions, place)
        count += some
    return count


def give_back_page(region: str, regions: Regions, place: Place) -> tuple[int, Place | None]:
    """One step of `give_back`.

    Returns:
        The number of tasks, and where the next step goes on; None if all is done.
    """
    count, (tasks, following) = 0, _read_page(place)
    for task in _refresh_open(tasks, regions.here, regions):
        if task.adopted_from == region:
            try:
                homes.give_back(task, region)
            except TaskFinishedError:
                continue
            count += 1
    return count, following


def _read_page(place: Place) -> tuple[list[Task], Place | None]:
    """Some open tasks of all homes, as the index has them, and where the next page begins."""
    status = OPEN_STATUSES[place.status]
    page = Task.by_status.query(status.value, limit=PAGE, last_evaluated_key=place.after)
    tasks = list(page)
    if page.last_evaluated_key:
        return tasks, Place(place.status, dict(page.last_evaluated_key))
    if place.status + 1 < len(OPEN_STATUSES):
        return tasks, Place(place.status + 1)
    return tasks, None


def _refresh_open(tasks: list[Task], home: str, regions: Regions) -> Iterator[Task]:
    """Those tasks that are open and of this home, as they are now."""
    for task in tasks:
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
