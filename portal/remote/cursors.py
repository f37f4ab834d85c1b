"""Where a page of a list that is sorted by time ends, as text."""

from __future__ import annotations

from datetime import datetime

Key = tuple[datetime, str]
"""Where a row stands in its list: sort key, then primary key to settle ties."""


def encode_key(key: Key) -> str:
    return f"{key[0].isoformat()}~{key[1]}"


def decode_key(cursor: str | None) -> Key | None:
    """Read a cursor again; None for the first page.

    Raises:
        ValueError: No page made this cursor.
    """
    if not cursor:
        return None
    moment, separator, primary_key = cursor.partition("~")
    at = datetime.fromisoformat(moment)
    if not separator or at.tzinfo is None:
        raise ValueError("Not a cursor")
    return at, primary_key
