"""Exports: many results, or the photos, in one file."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal
from uuid import uuid4

from spotter_client._sync.session import Session
from spotter_client.errors import NotFinishedError, SpotterError
from spotter_client.models import Export, ExportList, ExportStatus
from spotter_client.options import Search
from spotter_client.pauses import pause

EXPORT_SECONDS = 900.0
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 5.0

Format = Literal["ndjson", "csv", "coco", "xmp", "originals"]


class ExportFailedError(SpotterError):
    """An export failed; the text says why."""


class Exports:
    """The exports of a user."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(
        self, format: Format, search: Search = Search(), *, task_ids: Sequence[str] | None = None
    ) -> Export:
        """Begin an export of what is found, or of these tasks, at most 350."""
        body = {
            "format": format,
            **search.build_fields(),
            **({"taskIds": list(task_ids)} if task_ids else {}),
        }
        response = self._session.send(
            "POST", "/exports", json=body, headers={"Idempotency-Key": str(uuid4())}
        )
        return Export.model_validate_json(response.content)

    def get(self, export_id: str) -> Export:
        """The present state of an export."""
        response = self._session.send("GET", f"/exports/{export_id}")
        return Export.model_validate_json(response.content)

    def list_all(self) -> list[Export]:
        """All exports that have not expired."""
        response = self._session.send("GET", "/exports")
        return ExportList.model_validate_json(response.content).exports

    def delete(self, export_id: str) -> None:
        """Delete an export, or stop it."""
        self._session.send("DELETE", f"/exports/{export_id}")

    def wait(self, export_id: str, seconds: float = EXPORT_SECONDS) -> Export:
        """Wait until an export has succeeded.

        Raises:
            ExportFailedError: It has failed.
            NotFinishedError: It is not finished after `seconds`.
        """
        deadline, pause_seconds = time.monotonic() + seconds, FIRST_PAUSE_SECONDS
        while time.monotonic() < deadline:
            export = self.get(export_id)
            if export.status is ExportStatus.succeeded:
                return export
            if export.status is ExportStatus.failed:
                reason = export.error.message if export.error else "Ask for it again."
                raise ExportFailedError(f"The export has failed. {reason}")
            pause(pause_seconds)
            pause_seconds = min(LONGEST_PAUSE_SECONDS, 1.5 * pause_seconds)
        raise NotFinishedError(export_id, seconds)

    def save(self, export: Export, path: str | os.PathLike[str]) -> Path:
        """Download the file of an export that has succeeded.

        Returns:
            The file. A broken download leaves none.
        """
        if export.url is None:
            raise ExportFailedError("The export has no file yet. Wait for it first.")
        target = Path(path)
        draft = target.with_name(f"{target.name}.part")
        try:
            with draft.open("wb") as file:
                self._session.stream_to(export.url, file)
            return draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
