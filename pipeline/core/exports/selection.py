"""Which photos an export holds: those with some ids, those that a search finds, or all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from pipeline.core.search.find import Question, find_tasks
from pipeline.core.tasks.indexes import count_microseconds
from pipeline.core.tasks.record import Task, TaskStatus, build_list_number

PAGE_SIZE = 100
"""Tasks that are read at once: DynamoDB's limit for one read of many keys."""


class Selection(BaseModel, frozen=True):
    """A choice of photos."""

    task_ids: tuple[str, ...] | None = None
    """These and no others, in this order."""
    question: Question = Question()
    """Else those that fit it. The empty question fits all."""

    def dump(self) -> dict[str, Any]:
        """The selection as JSON."""
        return self.model_dump(mode="json")


@dataclass(frozen=True)
class Page:
    """Some of the photos, and where the next page starts."""

    tasks: Sequence[Task]
    cursor: str | None
    """None on the last page."""


def read_page(owner_id: str, selection: Selection, until: datetime, cursor: str | None) -> Page:
    """Read a page of the selected tasks of this user.

    Args:
        until: Leave out what was created later, so that an export comes to an end.
        cursor: That of the page before.
    """
    if selection.task_ids is not None:
        return _read_ids(owner_id, selection.task_ids, cursor)
    question = _limit(selection.question, until)
    if question.is_never:
        return Page([], None)
    if question.terms:
        found = find_tasks(owner_id, question, PAGE_SIZE, cursor)
        return Page(found.tasks, found.last_entry)
    return _read_span(owner_id, question, cursor)


def count_tasks(owner_id: str, selection: Selection, until: datetime) -> int | None:
    """How many results the selection has, or None where counting costs as much as reading."""
    if selection.task_ids is not None:
        return len(selection.task_ids)
    if selection.question.terms:
        return None
    question = _limit(selection.question, until)
    if question.is_never:
        return 0
    numbers = (
        build_list_number(TaskStatus.SUCCEEDED, count_microseconds(end)) for end in question.span
    )
    return Task.by_owner_status.count(owner_id, Task.listed_as.between(*numbers))


def _read_ids(owner_id: str, task_ids: Sequence[str], cursor: str | None) -> Page:
    start = int(cursor or 0)
    end = start + PAGE_SIZE
    tasks = Task.read_owned(task_ids[start:end], owner_id)
    return Page(tasks, str(end) if end < len(task_ids) else None)


def _limit(question: Question, until: datetime) -> Question:
    return replace(question, before=min(question.before, until))


def _read_span(owner_id: str, question: Question, cursor: str | None) -> Page:
    found = Task.by_owner.query(
        owner_id,
        Task.created_at.between(*question.span),
        scan_index_forward=False,
        limit=PAGE_SIZE,
        page_size=PAGE_SIZE,
        last_evaluated_key=json.loads(cursor) if cursor else None,
    )
    tasks = list(found)
    key = found.last_evaluated_key
    return Page(tasks, json.dumps(key) if key else None)
