"""API keys: what scripts and programs sign in with."""

from __future__ import annotations

from uuid import UUID

from spotter_client._async.session import AsyncSession
from spotter_client.models import Key, KeyList, KeyRequest, NewKey


class AsyncKeys:
    """The API keys of a user."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def create(self, key: KeyRequest) -> NewKey:
        """Make an API key. The answer is the only one that shows it."""
        body = key.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = await self._session.send("POST", "/keys", json=body)
        return NewKey.model_validate_json(response.content)

    async def list_all(self) -> list[Key]:
        """Your API keys, without their secrets."""
        return KeyList.model_validate_json((await self._session.send("GET", "/keys")).content).keys

    async def revoke(self, key_id: UUID | str) -> None:
        """End a key for good."""
        await self._session.send("DELETE", f"/keys/{key_id}")
