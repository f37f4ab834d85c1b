"""NDJSON: every task as `GET /results/{taskId}` shows it, one a line."""

from __future__ import annotations

from typing import Any

from pipeline.core.tasks.record import Task
from pipeline.lambdas.schemas import build_task_view


class ResultLines:
    """The format has neither a beginning nor an end, and no state."""

    content_type = "application/x-ndjson"

    def includes(self, task: Task) -> bool:
        return True  # Failed tasks are data of the user too

    def begin(self) -> bytes:
        return b""

    def add(self, task: Task) -> bytes:
        return build_task_view(task, None).model_dump_json(by_alias=True).encode() + b"\n"

    def end(self) -> bytes:
        return b""

    def save(self) -> Any:
        return None

    def load(self, saved: Any) -> None:
        """There is no state."""
