"""The attempts to get in and their answers: `python -m tests.e2e.attempts`."""

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from infra.local.layout import REPOSITORY

REPORT = REPOSITORY / "build" / "access.json"


@dataclass
class Attempts:
    """The attacks of one run, with their answers."""

    rows: list[dict[str, str]] = field(default_factory=list)

    def note(self, kind: str, attempt: str, answer: object, *, is_open: bool = False) -> None:
        """Add an attempt and its answer.

        Args:
            is_open: The attack succeeded.
        """
        state = "OPEN" if is_open else "held"
        self.rows.append({"kind": kind, "attempt": attempt, "answer": str(answer), "state": state})

    def save(self) -> None:
        """Write the report."""
        REPORT.parent.mkdir(exist_ok=True)
        report = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "attempts": self.rows}
        REPORT.write_text(json.dumps(report, indent=2) + "\n")


def main() -> int:
    """Print the report of the last run."""
    if not REPORT.exists():
        sys.stderr.write("Run the tests first: pytest tests/e2e\n")
        return 1
    report = json.loads(REPORT.read_text())
    rows = report["attempts"]
    columns = ("kind", "attempt", "answer", "state")
    table = Table(*columns, title=f"Attempts to break in, {report['at']}")
    for row in rows:
        table.add_row(*(row[column] for column in columns))
    still_open = sum(row["state"] == "OPEN" for row in rows)
    console = Console()
    console.print(table)
    console.print(f"{len(rows)} attempts, {still_open} open")
    return 1 if still_open else 0


if __name__ == "__main__":
    sys.exit(main())
