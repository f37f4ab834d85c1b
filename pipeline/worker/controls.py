"""The controls as this worker knows them: whether it may receive, and whose pictures wait."""

from __future__ import annotations

import logging

from pipeline.core.controls import Controls, read_controls

logger = logging.getLogger(__name__)


class ControlsWatch:
    """Keeps the newest controls. Safe to share between threads."""

    def __init__(self) -> None:
        self._controls = Controls()

    def refresh(self) -> None:
        """Read the controls again. If that fails, the known ones stay."""
        try:
            found = read_controls()
        except Exception:
            # The table is down, so no picture could be recognised anyway.
            logger.warning("Controls could not be read", exc_info=True)
            return
        self._controls = found

    @property
    def current(self) -> Controls:
        """The newest controls."""
        return self._controls

    @property
    def is_paused(self) -> bool:
        return self._controls.is_paused

    def is_held(self, owner_id: str) -> bool:
        """Whether the pictures of this user wait."""
        return self._controls.is_held(owner_id)
