"""Whatever order requests, deliveries and deletions come in, no stored version changes."""

from contextlib import suppress
from dataclasses import replace

import hypothesis.strategies as st
from hypothesis import settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from pipeline.core.errors import (
    PipelineError,
    RetriesExhaustedError,
    TaskFinishedError,
    TaskNotRetryableError,
)
from pipeline.core.labels import Label
from pipeline.core.options import Detail, Options
from pipeline.core.tasks import transitions, versions
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.tasks.transitions import StartedTask
from pipeline.core.tasks.version_ids import build_version_id
from tests.examples import build_result, save_result

TASK_ID = "8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"


class Interleavings(RuleBasedStateMachine):
    """One task, its versions, and workers that hold deliveries of any of them."""

    messages = Bundle("messages")
    held = Bundle("held")

    def __init__(self) -> None:
        super().__init__()
        for record in Task.scan():  # Of the example before
            record.delete()
        self.task_id = save_result(task_id=TASK_ID).task_id
        self.stored: dict[str, str | None] = {}
        """The labels of each version when it was first seen as stored."""
        self.shown = 1
        self.number = 0

    @rule(target=messages, detail=st.sampled_from(Detail))
    def ask(self, detail: Detail) -> str:
        task = find_task(self.task_id)
        try:
            if task and versions.find_repeat(task, Options(detail=detail)) is None:
                return versions.ask(task, Options(detail=detail)).task_id
        except PipelineError:
            pass  # It is not the time for another version
        return build_version_id(self.task_id, 2)  # A message that comes again, or of no record

    @rule(target=held, record_id=messages, again=st.booleans())
    def deliver(self, record_id: str, again: bool) -> StartedTask | None:
        try:
            return transitions.start(record_id, worker="w", receive_count=2 if again else 1)
        except TaskFinishedError:
            return None

    @rule(started=held)
    def finish(self, started: StartedTask | None) -> None:
        if started is None:
            return
        self.number += 1
        label = Label(name=f"thing {self.number}", confidence=90, parents=[], instances=[])
        with suppress(TaskFinishedError):  # Another delivery was faster
            transitions.succeed(started, replace(build_result(), labels=[label]))

    @rule(record_id=messages)
    def fail(self, record_id: str) -> None:
        with suppress(TaskFinishedError):
            transitions.fail(Task(record_id), RetriesExhaustedError())

    @rule(record_id=messages)
    def retry(self, record_id: str) -> None:
        with suppress(TaskNotRetryableError):
            transitions.retry(Task(record_id))

    @rule(record_id=consumes(messages))
    def delete(self, record_id: str) -> None:
        versions.delete_all(Task(self.task_id))
        assert [each.task_id for each in Task.scan()] == []

    @invariant()
    def what_is_stored_fits_together(self) -> None:
        records = {record.task_id: record for record in Task.scan()}
        task = records.pop(self.task_id, None)
        for version in records.values():
            self.check_version(version)
        if task is None:
            assert records == {}
        else:
            self.check_task(task, records)

    def check_version(self, version: Task) -> None:
        """A stored version never changes, and only others are in lists."""
        is_stored = version.status == TaskStatus.SUCCEEDED
        assert (version.created_at is None) == is_stored
        if is_stored:
            text = str(version.labels)
            assert self.stored.setdefault(version.task_id, text) == text

    def check_task(self, task: Task, versions: dict[str, Task]) -> None:
        """The task shows the newest stored version, and never an older one than before."""
        number = int(task.version or 1)
        assert (task.status, number >= self.shown) == ("succeeded", True)
        self.shown = number
        if task.versions_asked:
            assert task.labels == versions[build_version_id(self.task_id, number)].labels


TestInterleavings = Interleavings.TestCase
TestInterleavings.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)
