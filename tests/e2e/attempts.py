"""The attempts to get in and their answers: `python -m tests.e2e.attempts`."""

import json
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import itemgetter
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from infra.local.layout import REPOSITORY

REPORT = REPOSITORY / "build" / "access.jsonl"
EVIL = "https://evil.example"


def describe(response: httpx.Response) -> str:
    """The status and, of a problem, its code."""
    is_problem = "problem+json" in response.headers.get("content-type", "")
    return f"{response.status_code} {response.json()['code'] if is_problem else ''}".strip()


@dataclass(frozen=True)
class Attempts:
    """Notes the attacks of one run, with their answers. Several processes write the same report."""

    report: Path

    def note(self, kind: str, attempt: str, answer: object, *, is_open: bool = False) -> None:
        """Add an attempt and its answer.

        Args:
            is_open: The attack succeeded.
        """
        row = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "kind": kind,
            "attempt": attempt,
            "answer": str(answer),
            "state": "OPEN" if is_open else "held",
        }
        self.report.parent.mkdir(exist_ok=True)
        with self.report.open("a") as file:
            file.write(json.dumps(row) + "\n")


def main() -> int:
    """Print the report of the last run."""
    if not REPORT.exists():
        sys.stderr.write("Run the tests first: make test-e2e\n")
        return 1
    rows = [json.loads(line) for line in REPORT.read_text().splitlines()]
    rows.sort(key=itemgetter("kind", "at"))
    columns = ("kind", "attempt", "answer", "state")
    table = Table(*columns, title=f"Attempts to break in, {max(row['at'] for row in rows)}")
    for row in rows:
        table.add_row(*(row[column] for column in columns))
    still_open = sum(row["state"] == "OPEN" for row in rows)
    console = Console()
    console.print(table)
    console.print(f"{len(rows)} attempts, {still_open} open")
    return 1 if still_open else 0


if __name__ == "__main__":
    sys.exit(main())
