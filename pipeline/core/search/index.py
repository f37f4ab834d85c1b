"""Keeps the index of words in step with the table of tasks. `items` says what it consists of.

Every write can be repeated. The item of a task and the counts change in one transaction, so a task
is counted once, however often its record comes.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from pipeline.core.search.copies import find_first
from pipeline.core.search.items import (
    Double,
    IndexedTask,
    NameCount,
    WordEntry,
    build_doubles_id,
    build_entry_id,
    build_list_id,
    build_names_id,
    build_tasks_id,
    split_entry_id,
)
from pipeline.core.search.words import TaskWords, list_looks, list_words
from pipeline.core.settings import RETENTION
from pipeline.core.tasks.record import Task

TRIES = 5
"""How often a write is tried while others write the same counts."""

LONGEST_WAIT_SECONDS = 0.4
"""Before the last try. Each wait is at most twice as long as the one before."""


def put(task: Task, *, again: bool = False) -> bool:
    """Bring the index up to date with a task that exists.

    Args:
        again: Whether to write the words that the index should have already.

    Returns:
        Whether anything was written.
    """
    return _write(task, list_words(task), again=again)


def remove(task: Task) -> bool:
    """Remove a task that was deleted.

    Args:
        task: As it was. The index also knows itself what it holds of the task.

    Returns:
        Whether anything was written.
    """
    return _write(task, None, again=False)


def build_deleted_task(known: IndexedTask) -> Task:
    """A task that the index knows and that does not exist any more, for `remove`."""
    created_at, task_id = split_entry_id(known.entry_id)
    owner_id = known.list_id.removeprefix(build_tasks_id(""))
    return Task(task_id, owner_id=owner_id, created_at=created_at)


def _write(task: Task, wanted: TaskWords | None, *, again: bool) -> bool:
    for tried in range(TRIES):
        known = _find(task)
        terms = wanted.all if wanted else frozenset()
        present = _list_present(task, known, is_removed=wanted is None)
        target = _describe(task, wanted)
        if not again and terms == present and _is_same(known, target):
            return False
        _write_entries(task, terms if again else terms - present, present - terms)
        if target is not None:
            target.double_of = find_first(task, known, again=again)
        try:
            _settle(task, known, target)
        except TransactWriteError as error:
            # Another function writes the same counts, or the same task.
            if error.cause_response_code != "TransactionCanceledException" or tried == TRIES - 1:
                raise
            time.sleep(random.uniform(0, LONGEST_WAIT_SECONDS / 2 ** (TRIES - 2 - tried)))
        else:
            return True
    raise AssertionError("The last try raises")


def _find(task: Task) -> IndexedTask | None:
    try:
        return IndexedTask.get(
            build_tasks_id(task.owner_id), build_entry_id(task), consistent_read=True
        )
    except IndexedTask.DoesNotExist:
        return None


def _list_present(task: Task, known: IndexedTask | None, *, is_removed: bool) -> frozenset[str]:
    """The terms that the index has. If a write broke off it can have all of the task's words."""
    if known is not None:
        return frozenset(known.terms)
    return list_words(task).all if is_removed else frozenset()


def _describe(task: Task, words: TaskWords | None) -> IndexedTask | None:
    if not words or not words.all:
        return None
    return IndexedTask(
        build_tasks_id(task.owner_id),
        build_entry_id(task),
        terms=sorted(words.all),
        names=list(words.names),
        fingerprint=task.fingerprint,
    )


def _is_same(known: IndexedTask | None, target: IndexedTask | None) -> bool:
    if known is None or target is None:
        return known is target
    return bool(known.names == target.names and known.fingerprint == target.fingerprint)


def _write_entries(task: Task, added: Iterable[str], removed: Iterable[str]) -> None:
    entry_id, looks = build_entry_id(task), list_looks(task)

    def build(term: str) -> WordEntry:
        return WordEntry(
            build_list_id(task.owner_id, term),
            entry_id,
            expires_at=task.expires_at,
            hash=task.fingerprint["hash"] if term in looks else None,
        )

    with WordEntry.batch_write() as batch:
        for term in added:
            batch.save(build(term))
        for term in removed:
            batch.delete(build(term))


def _settle(task: Task, known: IndexedTask | None, target: IndexedTask | None) -> None:
    """Store what the index now holds of the task, and count it, in one transaction."""
    if known is None and target is None:
        return
    before = set(known.names) if known else set()
    after = set(target.names) if target else set()
    connection = IndexedTask._get_connection().connection
    with TransactWrite(connection=connection) as transaction:
        if target is not None:
            is_unchanged = (
                IndexedTask.terms == known.terms if known else IndexedTask.entry_id.does_not_exist()
            )
            transaction.save(target, condition=is_unchanged)
        elif known is not None:
            transaction.delete(known, condition=IndexedTask.terms == known.terms)
        _note_double(transaction, task, known, target)
        for name in sorted(before ^ after):
            _count(transaction, task, name, 1 if name in after else -1)


def _note_double(
    transaction: TransactWrite, task: Task, known: IndexedTask | None, target: IndexedTask | None
) -> None:
    before = known.double_of if known else None
    after = target.double_of if target else None
    if before == after:
        return
    place = build_doubles_id(task.owner_id), build_entry_id(task)
    if after is None:
        transaction.delete(Double(*place))
    else:
        transaction.save(Double(*place, first=after, expires_at=task.expires_at))


def _count(transaction: TransactWrite, task: Task, name: str, change: int) -> None:
    actions: list[Action] = [NameCount.tasks.add(change)]
    if change > 0:
        # No task that exists now is kept longer.
        actions.append(NameCount.expires_at.set(datetime.now(UTC) + RETENTION))
    transaction.update(NameCount(build_names_id(task.owner_id), name), actions=actions)
