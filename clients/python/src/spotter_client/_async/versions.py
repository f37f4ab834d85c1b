"""Versions: the same photo, recognised again."""

from __future__ import annotations

import time
from uuid import UUID

from spotter_client._async.session import AsyncSession
from spotter_client.errors import NotFinishedError
from spotter_client.finished import OPEN
from spotter_client.models import Version, VersionList, VersionRequest, VersionState
from spotter_client.pauses import async_pause

VERSION_SECONDS = 60.0
PAUSE_SECONDS = 1.0


class AsyncVersions:
    """The versions of the results of a user."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def create(
        self, task_id: UUID | str, request: VersionRequest | None = None
    ) -> VersionState:
        """Recognise a photo again: in another way, or with newer models if nothing is asked."""
        request = request or VersionRequest()
        body = request.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = await self._session.send("POST", f"/results/{task_id}/versions", json=body)
        return VersionState.model_validate_json(response.content)

    async def list_all(self, task_id: UUID | str) -> list[Version]:
        """All versions of a result, newest first, with what each changed."""
        response = await self._session.send("GET", f"/results/{task_id}/versions")
        return VersionList.model_validate_json(response.content).versions

    async def wait(self, state: VersionState, seconds: float = VERSION_SECONDS) -> Version:
        """Wait until a version is finished. Its `status` and `error` say how.

        Raises:
            NotFinishedError: It is not finished after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for version in await self.list_all(state.task_id):
                if version.version == state.version and version.status.value not in OPEN:
                    return version
            await async_pause(PAUSE_SECONDS)
        raise NotFinishedError(str(state.task_id), seconds)
