"""The items of the index of words in DynamoDB.

One table has four kinds. All items of one list have the same `list_id`.

| List | `list_id` | `entry_id` |
| --- | --- | --- |
| The tasks that a term finds | owner`#`term | time of creation`#`task |
| What the index holds of each task | `tasks#`owner | time of creation`#`task |
| How many tasks have a label name | `names#`owner | name |
| The tasks whose photo the user had already | `doubles#`owner | time of creation`#`task |
"""

from __future__ import annotations

from datetime import datetime

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta
from pipeline.core.tasks.record import Task

_TIME = UTCDateTimeAttribute()


class WordEntry(Model):
    """This term finds this task."""

    class Meta(BaseMeta): ...

    list_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute()
    hash = UnicodeAttribute(null=True)
    """The whole hash of the picture. Only terms for a part of it have it."""


class IndexedTask(Model):
    """What the index holds of a task. It is removed with the task, so it needs no expiry."""

    class Meta(BaseMeta): ...

    list_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    terms = JSONAttribute()
    names = JSONAttribute()
    fingerprint = JSONAttribute(null=True)
    double_of = UnicodeAttribute(null=True)
    """Entry id of the first photo that looked so. None for the first one itself."""


class Double(Model):
    """A photo that its owner had already when it came."""

    class Meta(BaseMeta): ...

    list_id = UnicodeAttribute(hash_key=True)
    entry_id = UnicodeAttribute(range_key=True)
    first = UnicodeAttribute()
    """Entry id of the first photo that looked so. It may be deleted since."""
    expires_at = TTLAttribute()


class NameCount(Model):
    """How many tasks of a user have a label name. It expires when all of them have."""

    class Meta(BaseMeta): ...

    list_id = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True, attr_name="entry_id")
    tasks = NumberAttribute()
    expires_at = TTLAttribute()


MODELS = (WordEntry, IndexedTask, NameCount, Double)
"""All of one table. `WordEntry` describes it."""


def build_entry_id(task: Task) -> str:
    """The place of a task in each list: by time of creation."""
    return join_entry_id(task.created_at, task.task_id)


def join_entry_id(created_at: datetime, task_id: str) -> str:
    return f"{_TIME.serialize(created_at)}#{task_id}"


def split_entry_id(entry_id: str) -> tuple[datetime, str]:
    """Time of creation and id of the task."""
    created_at, _, task_id = entry_id.rpartition("#")
    return _TIME.deserialize(created_at), task_id


def get_task_id(entry_id: str) -> str:
    return entry_id.rpartition("#")[2]


def build_key(list_id: str, entry_id: str) -> dict[str, dict[str, str]]:
    """The key of an entry in DynamoDB's JSON."""
    return {"list_id": {"S": list_id}, "entry_id": {"S": entry_id}}


def show_moment(moment: datetime) -> str:
    """What is smaller than the id of each entry from this moment on."""
    return str(_TIME.serialize(moment))


def build_list_id(owner_id: str, term: str) -> str:
    """The list of the tasks that a term finds."""
    return f"{owner_id}#{term}"


def build_tasks_id(owner_id: str) -> str:
    """The list of all tasks of a user that the index knows."""
    return f"tasks#{owner_id}"


def build_names_id(owner_id: str) -> str:
    """The list of counts of a user."""
    return f"names#{owner_id}"


def build_doubles_id(owner_id: str) -> str:
    """The list of the photos that a user has more than once."""
    return f"doubles#{owner_id}"
