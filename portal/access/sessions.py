"""Django sessions in DynamoDB: revocable, and expired by the table's TTL."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.utils import timezone
from pynamodb.exceptions import PutError

from pipeline.core.dynamo import is_condition_failure
from portal.access.items import SessionItem


class SessionStore(SessionBase):
    def load(self) -> dict[str, Any]:
        item = self._find(self.session_key)
        if item:
            return self.decode(item.data)
        self._session_key = None
        return {}

    def exists(self, session_key: str) -> bool:
        return self._find(session_key) is not None

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        if self.session_key is None:
            return self.create()
        item = SessionItem(
            self.session_key,
            data=self.encode(self._get_session(no_load=must_create)),  # type: ignore[attr-defined]
            expires_at=self.get_expiry_date(),
        )
        key = SessionItem.session_key
        try:
            item.save(condition=key.does_not_exist() if must_create else key.exists())
        except PutError as error:
            if not is_condition_failure(error):
                raise
            raise (CreateError if must_create else UpdateError) from error
        return None

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            SessionItem(key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """The table's TTL does it."""

    @staticmethod
    def _find(session_key: str | None) -> SessionItem | None:
        if not session_key:
            return None
        try:
            item = SessionItem.get(session_key, consistent_read=True)
        except SessionItem.DoesNotExist:
            return None
        # TTL deletes up to two days late.
        return item if item.expires_at > timezone.now() else None
