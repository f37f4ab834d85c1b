"""Lets tasks fail in one region, with the real transition, as a worker does that runs out of tries.

Run as: python -m tools.drill.fail TASK... (with the environment of the region)
"""

from __future__ import annotations

import sys

from pipeline.core.dynamo import connect
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.settings import load_settings
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task


def main() -> None:
    settings = load_settings()
    connect(settings.aws_region, {Task: settings.tasks_table})
    for task_id in sys.argv[1:]:
        transitions.fail(Task.get(task_id), RetriesExhaustedError())


if __name__ == "__main__":
    main()
