"""The log of a call is read at once, and a process never waits for a reader."""

import os
from queue import Queue
from subprocess import PIPE, Popen
from sys import executable
from threading import Thread
from typing import Any

import pytest

from infra.local.function_logs import Reader, drain, keep_reading

MUCH = 200_000
"""More than a pipe holds."""
FUNCTION = f"""
import sys
for line in sys.stdin:
    if line == "much\\n":
        sys.stderr.write("x" * {MUCH} + "\\n")
    elif line == "half\\n":
        sys.stderr.write("half of ")
        sys.stderr.flush()
    elif line != "quiet\\n":
        sys.stderr.write("log of " + line)
    print("answer", flush=True)
"""


class Worker:
    """As ministack's, as far as the log is concerned."""

    def __init__(self, *, reads: bool = True) -> None:
        self._proc: Popen[str] | None = Popen(
            [executable, "-c", FUNCTION], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True, bufsize=1
        )
        self._stderr_queue: Queue[str] = Queue()
        self._stderr_thread = Thread(target=keep_reading, args=(self,), daemon=True)
        if reads:
            self._stderr_thread.start()

    def _drain_stderr(self) -> str:
        lines = [self._stderr_queue.get_nowait() for _ in range(self._stderr_queue.qsize())]
        return "\n".join(lines)

    def call(self, what: str) -> None:
        process: Any = self._proc
        process.stdin.write(f"{what}\n")
        assert process.stdout.readline() == "answer\n"


@pytest.fixture
def worker() -> Any:
    worker = Worker()
    process: Any = worker._proc
    with process:
        yield worker
        process.terminate()
        worker._stderr_thread.join(30)  # It must not read from a file that is closed


def test_the_log_of_each_call_is_whole_and_its_own(worker: Worker) -> None:
    logs = []
    for number in range(50):
        worker.call(f"{number}")
        logs.append(drain(worker))
    assert logs == [f"log of {number}" for number in range(50)]


def test_a_call_that_logs_nothing_has_an_empty_log(worker: Worker) -> None:
    worker.call("quiet")
    assert drain(worker) == ""


def test_a_line_that_comes_in_two_parts_is_one_line(worker: Worker) -> None:
    worker.call("half")
    assert drain(worker) == ""
    worker.call("it")
    assert drain(worker) == "half of log of it"


def test_a_process_that_logs_more_than_the_pipe_holds_does_not_wait(worker: Worker) -> None:
    worker.call("much")
    assert len(drain(worker)) == MUCH


def test_the_log_is_read_without_the_thread_that_keeps_reading() -> None:
    worker = Worker(reads=False)
    process: Any = worker._proc
    with process:
        worker.call("alone")
        assert drain(worker) == "log of alone"
        process.terminate()


def test_the_rest_of_the_log_of_a_process_that_was_ended_is_read(worker: Worker) -> None:
    worker.call("last")
    process: Any = worker._proc
    worker._proc = None
    process.terminate()
    assert drain(worker) == "log of last"
    assert not worker._stderr_thread.is_alive()


def test_bytes_that_are_no_text_do_no_harm() -> None:
    lines: list[str] = []
    end, start = os.pipe()
    os.write(start, b"\xff\n")
    assert Reader(end, lines.append).read()
    assert lines == ["\N{REPLACEMENT CHARACTER}"]
    os.close(start)
    assert not Reader(end, lines.append).read()
    os.close(end)
