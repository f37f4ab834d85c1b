"""Starts processes of functions as copies of one process that has imported their packages.

The imports would take most of the time of a start. Each copy still imports the function's own code
and has memory and variables of its own.

ministack's own Python imports and runs this file, so it imports nothing of ours.

Run as: python -P function_copies.py (its standard input is a socket)
"""

import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache, partial
from types import SimpleNamespace
from typing import Any

PACKAGES = (
    "aws_lambda_powertools.event_handler.middlewares.openapi_validation",
    "aws_lambda_powertools.event_handler.openapi.merge",
    "aws_lambda_powertools.logging.correlation_paths",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.tracing",
    "aws_lambda_powertools.utilities.data_classes",
    "aws_lambda_powertools.utilities.typing",
    "pydantic.alias_generators",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.type_adapter",
    "pynamodb.models",
    "pynamodb.transactions",
    "wrapt",
    "zoneinfo",
)
"""What the functions import. None of it reads a variable while it is imported."""

SERVICES = ("dynamodb", "s3", "sqs")
"""The services that most functions call."""

LENGTH = struct.Struct("!I")


class Copy:
    """A process of a function. It has what ministack uses of `subprocess.Popen`."""

    def __init__(self, pid: int, stdin: int, stdout: int, stderr: int, life: int) -> None:
        """
        Args:
            life: The read end of a pipe. Only the process holds the write end.
        """
        self.pid = pid
        self.stdin = os.fdopen(stdin, "w", buffering=1)
        self.stdout = os.fdopen(stdout)
        self.stderr = os.fdopen(stderr)
        self._life = os.fdopen(life, "rb", buffering=0)
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs, else 0: only its parent learns how it ended."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended.

        Raises:
            TimeoutExpired: It still runs.
        """
        if self.returncode is None:
            poll = select.poll()
            poll.register(self._life, select.POLLIN)
            if not poll.poll(None if timeout is None else timeout * 1000):
                raise subprocess.TimeoutExpired("function", timeout or 0)
            self.returncode = 0
        return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _send(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Original:
    """The process that is copied. It ends with this one."""

    def __init__(self, path: str) -> None:
        self._socket, end = socket.socketpair()
        self._lock = threading.Lock()
        kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        with end:
            self._process = subprocess.Popen(
                [sys.executable, "-P", __file__],
                stdin=end.fileno(),
                env={**kept, "PYTHONPATH": path},
            )

    def copy(self, script: str, folder: str, environment: dict[str, str]) -> Copy:
        """Start a copy that runs `script` in `folder`.

        Raises:
            OSError: The original has ended.
        """
        order = json.dumps([script, folder, environment]).encode()
        stdin, stdout, stderr, life = (os.pipe() for _ in range(4))
        given = stdin[0], stdout[1], stderr[1], life[1]
        kept = stdin[1], stdout[0], stderr[0], life[0]
        try:
            with self._lock:
                socket.send_fds(self._socket, [LENGTH.pack(len(order))], given)
                self._socket.sendall(order)
                (pid,) = LENGTH.unpack(_read(self._socket, LENGTH.size))
        except OSError:
            _close(kept)
            raise
        finally:
            _close(given)
        return Copy(pid, *kept)


_originals: dict[str, Original] = {}
_lock = threading.Lock()


def take_over(runtime: Any) -> None:
    """Let ministack's module of functions start its processes with `start`."""
    runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": start})


def start(command: list[str], *, cwd: str, env: dict[str, str], **options: Any) -> Any:
    """Start a process of a function, with the arguments of `subprocess.Popen`."""
    path = env.get("PYTHONPATH", "")
    # macOS does not allow all that a process does in its copies. A path of more than one folder
    # may hold a `sitecustomize`, which each process must run.
    if sys.platform == "linux" and command[0] == sys.executable and path and ":" not in path:
        try:
            return _find_original(path).copy(command[1], cwd, env)
        except OSError:
            # Somebody ended the original. The next start makes another one.
            with _lock:
                _originals.pop(path, None)
    return subprocess.Popen(command, cwd=cwd, env=env, **options)


def _find_original(path: str) -> Original:
    with _lock:
        if path not in _originals:
            _originals[path] = Original(path)
        return _originals[path]


def _read(connection: socket.socket, size: int) -> bytes:
    """Read exactly so many bytes.

    Raises:
        ConnectionError: The other end is closed.
    """
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            raise ConnectionError
        found += part
    return found


def _close(files: Iterable[int]) -> None:
    for file in files:
        os.close(file)


def wait_for_order(connection: socket.socket) -> str:
    """Make copies. Only a copy returns, with the script that it must run."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # So no ended copy stays in the process table
    while True:
        head, files, _, _ = socket.recv_fds(connection, LENGTH.size, 4)
        if not head:
            sys.exit()
        order = json.loads(_read(connection, *LENGTH.unpack(head)))
        if not (pid := os.fork()):
            break
        connection.sendall(LENGTH.pack(pid))
        _close(files)
    connection.close()
    return _become(files, *order)


def _become(files: list[int], script: str, folder: str, environment: dict[str, str]) -> str:
    """Turn this process into that of a function."""
    for number, file in enumerate(files[:3]):
        os.dup2(file, number)
    _close(files[:3])
    os.set_inheritable(files[3], False)  # It stays open as long as this process
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    return script


def import_packages() -> None:
    """Import the packages and read the descriptions of services that the functions need."""
    for name in PACKAGES:
        importlib.import_module(name)
    loaders: Any = importlib.import_module("botocore.loaders")
    session: Any = importlib.import_module("botocore.session")
    # Each client would read and parse these large files again.
    read = cache(partial(loaders.JSONFileLoader.load_file, loaders.JSONFileLoader()))
    loaders.JSONFileLoader.load_file = lambda _, path: read(path)
    for service in SERVICES:
        session.Session().create_client(
            service, "us-east-1", aws_access_key_id="none", aws_secret_access_key="none"
        )


if __name__ == "__main__":
    import_packages()
    gc.collect()
    gc.freeze()  # Copies share this memory as long as they do not write to it
    runpy.run_path(wait_for_order(socket.socket(fileno=os.dup(0))), run_name="__main__")
