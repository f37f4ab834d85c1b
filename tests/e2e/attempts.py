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

    def note(self, kind: str, attempt: str, answer: object) -> None:
        """Add an attempt and its answer."""
        self.rows.append({"kind": kind, "attempt": attempt, "answer": str(answer)})

    def save(self) -> None:
        """Write the report."""
        REPORT.parent.mkdir(exist_ok=True)
        report = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "attempts": self.rows}
        REPORT.write_text(json.dumps(report, indent=2) + "\n")


def main() -> int:
    """Print the report of the last run."""
    if not REPORT.exists():
        sys.stderr.write("Run the tests first: pytest tests/e2e/test_access.py\n")
        return 1
    report = json.loads(REPORT.read_text())
    table = Table("kind", "attempt", "answer", title=f"Access, {report['at']}")
    for row in report["attempts"]:
        table.add_row(row["kind"], row["attempt"], row["answer"])
    Console().print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
