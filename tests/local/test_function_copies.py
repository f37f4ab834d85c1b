"""Processes of functions are copies of one process, and each is as if it had started alone."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import function_copies
from infra.local.function_copies import Copy

SCRIPT = """
import json, os, signal, sys
known = list(sys.modules)
import botocore
print(json.dumps({
    "pid": os.getpid(),
    "parent": os.getppid(),
    "folder": os.getcwd(),
    "variables": dict(os.environ),
    "script": sys.modules["__main__"].__name__,
    "had_packages": "pynamodb.models" in known,
    "beside": "infra" in known or "function_copies" in known,
    "mark": getattr(botocore, "mark", None),
    "handles_children": signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL,
}), flush=True)
botocore.mark = "another function was here"
for line in sys.stdin:
    sys.stdout.write(line.upper())
    sys.stdout.flush()
print("The end", file=sys.stderr)
"""

Start = Callable[..., Any]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Starts a process of a function, as ministack does."""
    monkeypatch.setattr(function_copies, "_originals", {})
    script = tmp_path / "_worker.py"
    script.write_text(SCRIPT)
    started: list[Any] = []

    def run(**variables: str) -> Any:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path), **variables}
        pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
        process = function_copies.start(
            [sys.executable, str(script)], cwd=str(tmp_path), env=environment, text=True, **pipes
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait(60)
        for file in (process.stdin, process.stdout, process.stderr):
            file.close()
        if isinstance(process, Copy):
            process._life.close()
    for original in function_copies._originals.values():
        end(original)


def end(original: function_copies.Original) -> None:
    original._socket.close()
    original._process.wait(60)


def read(process: Any) -> dict[str, Any]:
    """What the script says about itself."""
    said: dict[str, Any] = json.loads(process.stdout.readline())
    return said


def test_a_copy_has_the_packages_and_else_only_what_it_was_given(
    start: Start, tmp_path: Path
) -> None:
    copy = start(NAME="upload", AWS_REGION="us-east-1")

    said = read(copy)
    variables = said.pop("variables")
    assert isinstance(copy, Copy)
    assert said == {
        "pid": copy.pid,
        "parent": function_copies._originals[str(tmp_path)]._process.pid,
        "folder": str(tmp_path),
        "script": "__main__",
        "had_packages": True,
        "beside": False,
        "mark": None,
        "handles_children": True,
    }
    assert variables == {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        "NAME": "upload",
        "AWS_REGION": "us-east-1",
    }


def test_copies_do_not_see_each_other(start: Start) -> None:
    first, second = start(NAME="one"), start(NAME="two")

    said = [read(first), read(second)]

    assert [it["variables"]["NAME"] for it in said] == ["one", "two"]
    assert [it["mark"] for it in said] == [None, None]
    assert said[0]["pid"] != said[1]["pid"]
    second.stdin.write("hello\n")
    assert second.stdout.readline() == "HELLO\n"
    assert first.poll() is None


def test_a_copy_ends_when_nobody_writes_to_it_any_more(start: Start) -> None:
    copy = start()

    copy.stdin.close()

    assert copy.wait(60) == 0
    assert copy.stderr.read() == "The end\n"


@pytest.mark.parametrize("how", ["terminate", "kill"])
def test_a_copy_can_be_stopped(start: Start, how: str) -> None:
    copy = start()
    read(copy)
    assert copy.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        copy.wait(0.01)

    getattr(copy, how)()

    assert copy.wait(60) == 0
    assert copy.poll() == 0
    copy.kill()  # Its number may belong to somebody else now


def test_functions_start_although_somebody_ended_the_original(start: Start, tmp_path: Path) -> None:
    start()
    original = function_copies._originals[str(tmp_path)]
    original._process.send_signal(signal.SIGKILL)
    end(original)

    alone, copy = start(), start()

    assert not read(alone)["had_packages"]
    assert read(copy)["had_packages"]


@pytest.mark.parametrize("path", ["", "one:two"])
def test_a_process_with_another_path_starts_alone(start: Start, path: str) -> None:
    alone = start(PYTHONPATH=path)

    assert isinstance(alone, subprocess.Popen)
    assert not read(alone)["had_packages"]
