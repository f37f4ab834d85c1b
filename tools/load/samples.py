"""The record of one upload of the load: one line of JSON."""

from pathlib import Path

from pydantic import BaseModel


class Sample(BaseModel, frozen=True):
    """One photo of one user, from upload to result."""

    at: float
    """Time of the complete upload, or of its failure, in seconds since 1970."""
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
