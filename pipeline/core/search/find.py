"""Finds tasks by words, newest first, with a bounded number of reads.

The list of one term leads. Each task of it is read and must fit the whole question. So a page reads
two items for each task that it shows; with several words it reads more, up to `READS_PER_TASK`
times its limit, and then shows what it found so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline.core.search.items import (
    WordEntry,
    build_key,
    build_list_id,
    get_task_id,
    show_moment,
)
from pipeline.core.search.words import TaskWords, list_words
from pipeline.core.tasks.record import Task

MOST_TERMS = 6
"""Terms of one question."""

READS_PER_TASK = 3
"""Items that a page may read for each task that it can show."""

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(5000, 1, 1, tzinfo=UTC)
"""No task is created outside these times."""


@dataclass(frozen=True)
class Question:
    """What a task must have, as terms. At least one is given."""

    labels: frozenset[str] = frozenset()
    """Whole names of labels."""
    words: frozenset[str] = frozenset()
    """Single words of a label, of the text or of the file name."""
    text: frozenset[str] = frozenset()
    file_name: frozenset[str] = frozenset()
    since: datetime = EARLIEST
    """Created at this time or later."""
    before: datetime = LATEST
    """Created earlier than this."""

    @property
    def terms(self) -> frozenset[str]:
        return self.labels | self.words | self.text | self.file_name

    @property
    def is_never(self) -> bool:
        """Whether no task can be created within these times. DynamoDB refuses such a range."""
        return self.since >= self.before

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first and the last moment that is asked for."""
        return self.since, self.before - timedelta(microseconds=1)

    def fits(self, words: TaskWords) -> bool:
        """Whether a task has all that is asked for."""
        return (
            self.labels <= words.labels
            and self.words <= words.words
            and self.text <= words.text
            and self.file_name <= words.file_name
        )


@dataclass(frozen=True)
class Found:
    """A page of tasks, and after which entry the next one starts."""

    tasks: Sequence[Task]
    last_entry: str | None
    """None on the last page. A page before it may have fewer tasks than asked for."""


def find_tasks(owner_id: str, question: Question, limit: int, after: str | None = None) -> Found:
    """Find the tasks that fit, newest first.

    Args:
        after: `last_entry` of the page before.
    """
    search = _Search(owner_id, question, reads_left=READS_PER_TASK * limit)
    term = search.choose_term(after, limit)
    return Found([], None) if term is None else search.read_page(term, limit, after)


class _Search:
    """One page of one question, and how many more items it may read."""

    def __init__(self, owner_id: str, question: Question, reads_left: int) -> None:
        self._owner_id = owner_id
        self._question = question
        self._reads_left = reads_left

    def choose_term(self, after: str | None, limit: int) -> str | None:
        """The term that finds the fewest tasks near `after`, or None if a term finds none.

        The entries of a rare term reach further back in time than as many of a common one.
        """
        terms = sorted(self._question.terms)
        if len(terms) == 1:
            return terms[0]
        oldest = {}
        wanted = 1 + limit // 8
        for term in terms:
            entries = self._read_entries(term, after, wanted)
            if not entries:
                return None
            if len(entries) < wanted:
                return term  # Its list ends here, so this page is the last one.
            oldest[term] = entries[-1]
        return min(terms, key=oldest.__getitem__)

    def read_page(self, term: str, limit: int, after: str | None) -> Found:
        """Read the list of `term` until the page is full, the list ends or all reads are used."""
        tasks: list[Task] = []
        while True:
            missing = limit - len(tasks)
            # One entry more than needed shows whether there is a next page.
            wanted = max(1, min(missing + 1, self._reads_left // 2))
            entries = self._read_entries(term, after, wanted)
            tasks += self._read_fitting(entries[:missing])
            if len(entries) < wanted:
                return Found(tasks, None)
            after = entries[:missing][-1]
            if len(tasks) == limit or self._reads_left < 2:
                return Found(tasks, after)

    def _read_entries(self, term: str, after: str | None, limit: int) -> list[str]:
        list_id = build_list_id(self._owner_id, term)
        found = WordEntry.query(
            list_id,
            WordEntry.entry_id.between(
                show_moment(self._question.since), show_moment(self._question.before)
            ),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=build_key(list_id, after) if after else None,
        )
        entry_ids = [entry.entry_id for entry in found]
        self._reads_left -= len(entry_ids)
        return entry_ids

    def _read_fitting(self, entry_ids: Sequence[str]) -> list[Task]:
        """The tasks of these entries that fit. The index may be some milliseconds behind."""
        self._reads_left -= len(entry_ids)
        task_ids = [get_task_id(entry_id) for entry_id in entry_ids]
        tasks = {task.task_id: task for task in Task.batch_get(task_ids)}
        found = [tasks[task_id] for task_id in task_ids if task_id in tasks]
        return [task for task in found if self._question.fits(list_words(task))]
