"""Steps of tests that recognise a result again."""

from dataclasses import replace
from typing import Any

from pipeline.core.labels import Label
from pipeline.core.options import Detail, Options
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.transitions import StartedTask
from pipeline.core.tasks.versions import get_options
from tests.examples import build_result

DOG = Label(name="dog", confidence=88, parents=[], instances=[])
CLOSER = Options(detail=Detail.FINE)


def ask(task: Task, queue: TaskQueue, options: Options | None = None) -> Task:
    task.refresh(consistent_read=True)
    return flow.recognise_again(task, options or get_options(task), queue)


def start(record: Task, *, receive_count: int = 1) -> StartedTask:
    return transitions.start(record.task_id, worker="w2", receive_count=receive_count)


def finish(started: StartedTask, *labels: Label, **values: Any) -> None:
    transitions.succeed(started, replace(build_result(), labels=labels, **values))


def read_names(task_id: str) -> list[str]:
    return [label.name for label in Task.get(task_id).get_labels()]
