"""How functions read the stream of the table of tasks.

Terraform reads these values from contract.json; the local system imports them.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    """How one function reads the stream."""

    filters: tuple[str, ...]
    """Patterns of records. The function gets those that match one of them.

    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    """
    starting_position: str
    """Where a new reader begins: LATEST, or TRIM_HORIZON for all records of the last day."""
    batch_size: int
    max_retries: int
    """After that the records go to the queue of failures."""
    max_age_seconds: int
    """Older records go there too."""
    failures: str
    """Name of that queue, without the environment."""
