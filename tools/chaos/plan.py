"""Files between the harness and the processes under test: the plan and the journal."""

import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Rule:
    """A fault of an AWS service for a share of its calls."""

    service: str
    action: str
    """error, throttle, latency, timeout (the request is lost) or lost_answer."""
    probability: float


@dataclass(frozen=True)
class Plan:
    """Faults inside processes."""

    rules: Sequence[Rule] = ()
    stage: str | None = None
    """The step at which a worker dies."""
    kills: int = 0
    """Number of kills, spread over the fault."""
    signal: str = "SIGKILL"
    """SIGSTOP freezes the worker instead of killing it."""


@dataclass
class Folder:
    """The folder of these files."""

    path: Path
    _read: int = field(default=0)

    def begin(self, plan: Plan, seconds: float) -> None:
        """Start the plan. It ends by itself."""
        now = time.time()
        for number in range(plan.kills):
            (self.path / "kills" / f"{now + number * seconds / plan.kills:.3f}").touch()
        text = json.dumps({**asdict(plan), "until": now + seconds})
        draft = self.path / "plan.draft"
        draft.write_text(text)
        draft.replace(self.path / "plan.json")

    def end(self) -> None:
        """Stop the plan and remove the kills that are left."""
        (self.path / "plan.json").unlink(missing_ok=True)
        for kill in (self.path / "kills").glob("*"):
            kill.unlink(missing_ok=True)

    def read_new(self) -> tuple[Counter[str], Counter[str]]:
        """Read what the processes wrote since the last call.

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
