"""Which key a token was exchanged for: one item for each token in the table of tasks.

Cognito signs the token for the user. Its claims name the client that only an exchange signs in at,
but not the key; this item does.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta
from pipeline.core.keys.record import ApiKey, find_key

TOKEN_LIFETIME = timedelta(minutes=15)
"""How long a token of a key is valid. `modules/auth` sets it."""


class KeyToken(Model):
    """One token of a key. It lacks the keys of the tasks' indexes, so no list shows it."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    key_id = UnicodeAttribute()
    expires_at = TTLAttribute()


def note_token(token_id: str, key_id: str) -> None:
    """Store which key a token was exchanged for.

    Args:
        token_id: The claim `jti` of the token.
    """
    expires_at = datetime.now(UTC) + 2 * TOKEN_LIFETIME
    KeyToken(_build_key(token_id), key_id=key_id, expires_at=expires_at).save()


def find_key_of_token(owner_id: str, token_id: str) -> ApiKey | None:
    """The key that this token was exchanged for, if it is still valid."""
    try:
        token = KeyToken.get(_build_key(token_id), consistent_read=True)
    except KeyToken.DoesNotExist:
        return None
    return find_key(owner_id, token.key_id)


def _build_key(token_id: str) -> str:
    return f"key_token:{token_id}"
