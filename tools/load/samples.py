"""What every upload of the load writes down, a line of JSON each."""

from pathlib import Path

from pydantic import BaseModel


class Sample(BaseModel, frozen=True):
    """One photo on its way from a user and back."""

    at: float
    """When its upload was complete: seconds since 1970. Of one that broke off: when it did."""
    way: str
    """`form` or `direct`."""
    photo: str
    seconds: float | None = None
    """From upload complete to result visible."""
    error: str | None = None


def read_samples(path: Path) -> list[Sample]:
    if not path.exists():
        return []
    return [Sample.model_validate_json(line) for line in path.read_text().splitlines()]
