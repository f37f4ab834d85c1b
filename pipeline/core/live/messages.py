"""The messages that a socket carries to its user."""

from __future__ import annotations

from pipeline.core.tasks.record import TaskStatus


def build_task_hint(task_id: str, status: TaskStatus) -> dict[str, object]:
    """Tell that a task is finished. Whoever gets it reads the task once."""
    return {"type": "task", "taskId": task_id, "status": status.value}
