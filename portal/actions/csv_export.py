"""A list as a CSV file that is sent while it is read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from django.http import StreamingHttpResponse

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def send_csv(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """Answer with a file that is named after the list and the time."""
    file_name = f"spotter-{name}-{datetime.now(UTC):%Y%m%d-%H%M%S}.csv"
    return StreamingHttpResponse(
        _write(columns, rows),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{file_name}"'},
    )


class _Echo:
    """A file that gives back what is written, so that csv can be streamed."""

    def write(self, line: str) -> str:
        return line


def _write(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    # All in quotes: some spreadsheets split at semicolons too, and run what stands behind one.
    writer = csv.writer(_Echo(), quoting=csv.QUOTE_ALL)
    yield writer.writerow(columns)
    for row in rows:
        yield writer.writerow([_escape(value) for value in row])


def _escape(value: object) -> str:
    """Spreadsheets would run a reason that begins like a formula."""
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
