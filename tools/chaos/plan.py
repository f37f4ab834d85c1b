"""The messages between the harness and the processes under test."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rule:
    """A fault that an AWS service shows to some calls."""

    service: str
    action: str
    """error, throttle, latency, timeout (the request is lost) or lost_answer."""
    probability: float


@dataclass(frozen=True)
class Plan:
    """Faults inside processes."""

    rules: Sequence[Rule] = ()
    stage: str | None = None
    """The stage at which a worker is killed."""
    kills: int = 0
    """Number of kills, spread over the time of the fault."""
    signal: str = "SIGKILL"
    """SIGSTOP freezes the worker instead."""


NOTHING_INSIDE = Plan()


@dataclass
class Folder:
    """The folder of these files."""

    path: Path
    _read: int = field(default=0)

    def begin(self, plan: Plan, seconds: float) -> None:
        """Activate the plan. It ends by itself."""
        now = time.time()
        for number in range(plan.kills):
            (self.path / "kills" / f"{now + number * seconds / plan.kills:.3f}").touch()
        text = json.dumps({**asdict(plan), "until": now + seconds})
        draft = self.path / "plan.draft"
        draft.write_text(text)
        draft.replace(self.path / "plan.json")

    def end(self) -> None:
        """Deactivate the plan and its remaining kills."""
        (self.path / "plan.json").unlink(missing_ok=True)
        for kill in (self.path / "kills").glob("*"):
            kill.unlink(missing_ok=True)

    def read_new(self) -> tuple[Counter[str], Counter[str]]:
        """Read the reports of the processes since the last call.

        Returns:
            Number of strikes of each fault, and number of final statuses of each task.
        """
        struck: Counter[str] = Counter()
        finals: Counter[str] = Counter()
        for entry in self._read_lines():
            if "struck" in entry:
                struck[entry["struck"]] += 1
            else:
                finals[entry["task_id"]] += 1
        return struck, finals

    def _read_lines(self) -> list[dict[str, Any]]:
        journal = self.path / "journal.jsonl"
        lines = journal.read_text().splitlines() if journal.exists() else []
        new, self._read = lines[self._read :], len(lines)
        return [json.loads(line) for line in new]
