"""Each log line is one JSON object."""

import json
import logging
from collections.abc import Iterator

import pytest

from pipeline.worker.logs import JsonFormatter, configure_logging, log_task


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    """Restore the configuration, because pytest has its own handlers."""
    root, ours = logging.getLogger(), logging.getLogger("pipeline")
    handlers, levels = root.handlers[:], (root.level, ours.level)
    root.handlers.clear()
    yield
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def test_a_line_has_the_message_the_task_and_the_extra_fields(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_logging("INFO")

    with log_task("task-1"):
        logging.getLogger("pipeline.worker").info("Task %s", "started", extra={"labels": 3})

    [line] = capsys.readouterr().out.splitlines()
    fields = json.loads(line)
    assert fields.pop("at").endswith("+00:00")
    assert fields == {
        "level": "INFO",
        "message": "Task started",
        "task_id": "task-1",
        "logger": "pipeline.worker",
        "labels": 3,
    }


def test_a_line_outside_a_task_has_no_task_id(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("INFO")
    with log_task("task-1"):
        pass

    logging.getLogger("pipeline.worker").info("Ready")

    assert json.loads(capsys.readouterr().out)["task_id"] is None


def test_an_exception_stays_on_one_line() -> None:
    try:
        raise RuntimeError("two\nlines")
    except RuntimeError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "Failed", None, (RuntimeError, error, error.__traceback__)
        )

    line = JsonFormatter().format(record)

    assert "\n" not in line
    assert "RuntimeError: two\nlines" in json.loads(line)["exception"]


def test_libraries_are_quiet_even_at_debug(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging("DEBUG")

    logging.getLogger("botocore.auth").debug("signature")
    logging.getLogger("pipeline.worker").debug("ours")

    [line] = capsys.readouterr().out.splitlines()
    assert json.loads(line)["message"] == "ours"
