"""API keys: what scripts and programs sign in with."""

from __future__ import annotations

from uuid import UUID

from spotter_client._sync.session import Session
from spotter_client.models import Key, KeyList, KeyRequest, NewKey


class Keys:
    """The API keys of a user."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, key: KeyRequest) -> NewKey:
        """Make an API key. The answer is the only one that shows it."""
        body = key.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = self._session.send("POST", "/keys", json=body)
        return NewKey.model_validate_json(response.content)

    def list_all(self) -> list[Key]:
        """Your API keys, without their secrets."""
        return KeyList.model_validate_json((self._session.send("GET", "/keys")).content).keys

    def revoke(self, key_id: UUID | str) -> None:
        """End a key for good."""
        self._session.send("DELETE", f"/keys/{key_id}")
