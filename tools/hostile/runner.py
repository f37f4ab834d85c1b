"""Opens files in a child process that may crash, hang or exhaust its memory."""

from __future__ import annotations

import json
import select
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from pydantic import BaseModel

from infra.local.layout import REPOSITORY
from pipeline.core.options import Options
from tools.hostile.child import Order
from tools.hostile.corpus import LABELS

START_SECONDS = 120  # Long, because the machine may be busy
CRASH, HANG = "crash", "hang"


class Outcome(BaseModel, frozen=True):
    """The outcome of one file."""

    outcome: str
    """`accepted`, the code of the refusal, `no memory`, `crash`, `hang` or `error: ...`."""
    seconds: float
    peak_mb: float
    pixels: str
    """Hash of the pixels. Empty if the file was refused."""


class Runner:
    """Runs one child at a time. Starts a new one after a crash or a hang."""

    def __init__(
        self, *, limit_mb: int, deadline_seconds: float, weights: Path | None = None
    ) -> None:
        self._command = [sys.executable, "-m", "tools.hostile.child", str(limit_mb)]
        self._command += [str(weights)] if weights else []
        self._deadline_seconds = deadline_seconds
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._end()

    def run(self, path: Path, options: Options = LABELS) -> Outcome:
        """Open one file."""
        child = self._child or self._start()
        assert child.stdin is not None
        order = Order(path=path, options=options)
        child.stdin.write(f"{order.model_dump_json()}\n".encode())
        child.stdin.flush()
        answer = _read_answer(child, self._deadline_seconds)
        if isinstance(answer, str):
            self._end()
            seconds = self._deadline_seconds if answer == HANG else 0
            return Outcome(outcome=answer, seconds=seconds, peak_mb=0, pixels="")
        return Outcome.model_validate(answer)

    def _start(self) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            self._command,
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # Decoders print warnings there for damaged files
        )
        self._child = child
        assert _read_answer(child, START_SECONDS) == "ready", "The child did not start"
        return child

    def _end(self) -> None:
        if self._child:
            self._child.kill()
            self._child.communicate()
            self._child = None


def _read_answer(child: subprocess.Popen[bytes], seconds: float) -> Any:
    """The next line of the child, `crash` if it ended, or `hang` if it does not answer in time."""
    stdout: IO[bytes] | None = child.stdout
    assert stdout is not None
    if not select.select([stdout], [], [], seconds)[0]:
        return HANG
    line = stdout.readline()
    return json.loads(line) if line else CRASH
