"""The record of each upload of the load: one line of JSON."""

from pathlib import Path

from pydantic import BaseModel


class Sample(BaseModel, frozen=True):
    """One photo, from its upload to its result."""

    at: float
    """End of the upload, complete or broken off, in seconds since 1970."""
    way: str
    """`form` or `direct`."""
    photo: str
    seconds: float | None = None
    """Seconds from upload complete to result visible."""
    error: str | None = None


def read_samples(path: Path) -> list[Sample]:
    if not path.exists():
        return []
    return [Sample.model_validate_json(line) for line in path.read_text().splitlines()]
