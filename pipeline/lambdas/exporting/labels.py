"""Which labels of a task hold. Every format asks here."""

from pipeline.core.labels import Label
from pipeline.core.tasks.record import Task, TaskStatus


def list_held_labels(task: Task) -> list[Label]:
    """The labels that hold for a finished task, most confident first."""
    return task.get_labels()


def has_result(task: Task) -> bool:
    """Whether there are labels to export."""
    return task.status == TaskStatus.SUCCEEDED.value
