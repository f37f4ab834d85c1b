"""Logs as one JSON object a line. Each line names its task."""

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
    """Formats the message, the task id and the fields of `extra`."""

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
    """Log our own modules from `level` on and libraries from WARNING on.

    At DEBUG botocore would log message bodies and signatures.
    """
    # Without source line, thread and process a log line takes half the time.
    # https://docs.python.org/3/howto/logging.html#optimization
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("pipeline").setLevel(level)


@contextmanager
def log_task(task_id: str) -> Iterator[None]:
    """Add the task id to every line that this thread logs inside the block."""
    token = _task_id.set(task_id)
    try:
        yield
    finally:
        _task_id.reset(token)
