"""A small file that says that the worker is alive: `python -m pipeline.worker.health` reads it."""

import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from pipeline.worker.settings import HealthSettings

logger = logging.getLogger(__name__)

WRITE_SECONDS = 1
STALE_SECONDS = 60  # The loop turns at least every few seconds, also when idle
STUCK_SECONDS = 300  # A picture takes less than a second


class Pulse(BaseModel, frozen=True):
    """What the file says."""

    at: datetime
    version: str
    in_flight: int
    longest_seconds: float
    """How long the oldest message has been in flight."""
    processed: int


class Health:
    """Writes the file, at most once a second."""

    def __init__(self, path: Path, version: str) -> None:
        self._path = path
        self._version = version
        self._written_at = float("-inf")

    def touch(self, *, in_flight: int, longest_seconds: float, processed: int) -> None:
        """Say that the loop turns.

        Raises:
            OSError: Not even the first time can the file be written.
        """
        if time.monotonic() - self._written_at < WRITE_SECONDS:
            return
        pulse = Pulse(
            at=datetime.now(UTC),
            version=self._version,
            in_flight=in_flight,
            longest_seconds=round(longest_seconds, 1),
            processed=processed,
        )
        is_first, self._written_at = self._written_at < 0, time.monotonic()
        try:
            self._write(pulse)
        except OSError:
            if is_first:
                raise
            # A full disk is no reason to stop recognising. If it stays full the file gets stale,
            # and whoever reads it decides.
            logger.warning("Health was not written", exc_info=True)

    def _write(self, pulse: Pulse) -> None:
        # Renamed into place: a reader never sees half a file.
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(pulse.model_dump_json())
        fresh.replace(self._path)


def find_problem(path: Path) -> str | None:
    """Why the worker that writes `path` should be restarted, or None."""
    try:
        pulse = Pulse.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return f"{path} does not exist: the worker has not started"
    except ValidationError:
        return f"{path} was not written by a worker"
    age_seconds = (datetime.now(UTC) - pulse.at).total_seconds()
    if age_seconds > STALE_SECONDS:
        return f"The worker's loop has not turned for {age_seconds:.0f} s"
    if pulse.longest_seconds > STUCK_SECONDS:
        return f"A message has been in flight for {pulse.longest_seconds:.0f} s"
    return None


if __name__ == "__main__":
    sys.exit(find_problem(HealthSettings().health_file))
