"""Which tasks have labels to export."""

from pipeline.core.tasks.record import Task, TaskStatus


def has_result(task: Task) -> bool:
    """Whether there are labels. `Task.get_labels` has them as their owner corrected them."""
    return bool(task.status == TaskStatus.SUCCEEDED.value)
