"""Open every hostile file as a worker does: `python -m tools.hostile`.

Exit code 1 if a file crashed or hung the process, or was accepted although it must be refused.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from infra.local.layout import REPOSITORY, WEIGHTS
from pipeline.core.errors import PermanentError
from tools.hostile.child import ACCEPTED
from tools.hostile.corpus import HostileFile, build_corpus
from tools.hostile.runner import Outcome, Runner

LIMIT_MB = 2048
"""A worker of one core: `pipeline.worker.settings.choose_memory_limit`."""

DEADLINE_SECONDS = 20
REPORT = REPOSITORY / "build" / "hostile.json"

Result = tuple[HostileFile, Outcome]


def find_problem(file: HostileFile, outcome: Outcome) -> str | None:
    """The problem of an outcome, or None."""
    if outcome.outcome == ACCEPTED:
        return "accepted, but must be refused" if file.must_be_refused else None
    codes = {error.code for error in PermanentError.__subclasses__()}
    return None if outcome.outcome in codes else outcome.outcome


def put_through(folder: Path, *, limit_mb: int = LIMIT_MB) -> list[Result]:
    """Open every file of the corpus."""
    results = []
    with Runner(limit_mb=limit_mb, deadline_seconds=DEADLINE_SECONDS, weights=WEIGHTS) as runner:
        for file in track(build_corpus(), "Hostile files", console=Console(stderr=True)):
            path = folder / "file"
            path.write_bytes(file.data)
            results.append((file, runner.run(path, file.options)))
    return results


def build_rows(results: list[Result]) -> list[dict[str, object]]:
    """One row for each kind of file."""
    kinds: dict[str, list[Result]] = defaultdict(list)
    for file, outcome in results:
        kinds[file.kind].append((file, outcome))
    return [
        {
            "kind": kind,
            "files": len(group),
            "outcomes": dict(Counter(outcome.outcome for _, outcome in group).most_common()),
            "slowest_seconds": round(max(outcome.seconds for _, outcome in group), 3),
            "slowest": max(group, key=lambda result: result[1].seconds)[0].name,
            "peak_mb": round(max(outcome.peak_mb for _, outcome in group)),
            "problems": [
                f"{file.name}: {problem}"
                for file, outcome in group
                if (problem := find_problem(file, outcome))
            ],
        }
        for kind, group in kinds.items()
    ]


def show(rows: list[dict[str, object]]) -> Table:
    """The rows as a table."""
    table = Table("kind", "files", "outcomes", "slowest s", "peak MB", "problems")
    for row in rows:
        outcomes = row["outcomes"]
        assert isinstance(outcomes, dict)
        table.add_row(
            str(row["kind"]),
            str(row["files"]),
            ", ".join(f"{name} {count}" for name, count in outcomes.items()),
            f"{row['slowest_seconds']} ({row['slowest']})",
            str(row["peak_mb"]),
            "\n".join(map(str, row["problems"])) if isinstance(row["problems"], list) else "",
        )
    return table


def main() -> int:
    """Print the table, write the report and return the exit code."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = build_rows(put_through(Path(folder)))
    REPORT.parent.mkdir(exist_ok=True)
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "load": os.getloadavg()[0],
        "limit_mb": LIMIT_MB,
        "deadline_seconds": DEADLINE_SECONDS,
        "rows": rows,
    }
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    console = Console()
    console.print(show(rows))
    console.print(f"Limit {LIMIT_MB} MB, deadline {DEADLINE_SECONDS} s. Written: {REPORT}")
    return int(any(row["problems"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
