"""Logs as one JSON object a line, each naming the task it is about."""

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_task_id: ContextVar[str | None] = ContextVar("task_id", default=None)

_ENCODER = json.JSONEncoder(default=str)

_STANDARD_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


class JsonFormatter(logging.Formatter):
    """Writes the message, the task and whatever was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "message": record.getMessage(),
            "task_id": _task_id.get(),
            "logger": record.name,
            **{k: v for k, v in record.__dict__.items() if k not in _STANDARD_FIELDS},
        }
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return _ENCODER.encode(fields)


def configure_logging(level: str) -> None:
    """Log ours from `level` on, and libraries only if something is wrong.

    At DEBUG botocore would write message bodies and signatures.
    """
    # No line names its place in the source, its thread or its process: looking for them is half of
    # a line's price. https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("pipeline").setLevel(level)


@contextmanager
def log_task(task_id: str) -> Iterator[None]:
    """Name the task in every line that this thread logs inside the block."""
    token = _task_id.set(task_id)
    try:
        yield
    finally:
        _task_id.reset(token)
