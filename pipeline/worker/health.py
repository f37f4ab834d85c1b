"""The health file of the worker. `python -m pipeline.worker.health` checks it."""

import logging
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from pipeline.worker.settings import HealthSettings

logger = logging.getLogger(__name__)

WRITE_SECONDS = 1
STALE_SECONDS = 60  # The poller writes every few seconds, also when it is idle.
STUCK_SECONDS = 300  # A picture takes less than 1 s.


class Pulse(BaseModel, frozen=True):
    """The content of the file."""

    at: datetime
    version: str
    in_flight: int
    longest_seconds: float
    """How long the oldest message has been in flight."""
    processed: int


class Health:
    """Writes the health file, at most once a second."""

    def __init__(self, path: Path, version: str) -> None:
        self._path = path
        self._version = version
        self._written_at = float("-inf")

    def touch(self, *, in_flight: int, longest_seconds: float, processed: int) -> None:
        """Write that the poller is running.

        Raises:
            OSError: The first write failed. Later failures are logged.
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
            # Recognition goes on with a full disk. If the disk stays full, the file becomes stale
            # and the health check fails.
            logger.warning("Health file could not be written", exc_info=True)

    def _write(self, pulse: Pulse) -> None:
        # Written elsewhere and renamed, so that a reader never sees half a file.
        fresh = self._path.with_name(self._path.name + ".new")
        fresh.write_text(pulse.model_dump_json())
        fresh.replace(self._path)


def find_problem(path: Path) -> str | None:
    """Return why the worker that writes `path` must be restarted, or None."""
    try:
        pulse = Pulse.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return f"{path} does not exist: the worker has not started"
    except ValidationError:
        return f"{path} is not a health file of a worker: check HEALTH_FILE"
    age_seconds = (datetime.now(UTC) - pulse.at).total_seconds()
    if age_seconds > STALE_SECONDS:
        return f"The worker has not written its health for {age_seconds:.0f} s"
    if pulse.longest_seconds > STUCK_SECONDS:
        return f"A message has been in flight for {pulse.longest_seconds:.0f} s"
    return None


if __name__ == "__main__":
    sys.exit(find_problem(HealthSettings().health_file))
