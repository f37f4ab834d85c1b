"""The text of a key: `spk_` and, in base64, its id, its owner and its secret."""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID, uuid4

PREFIX = "spk_"

SHOWN_CHARACTERS = 12
"""Characters that lists show. They belong to the id and tell nothing about the secret."""

SECRET_BYTES = 32

_UUID_BYTES = 16
_BYTES = 2 * _UUID_BYTES + SECRET_BYTES

MAX_LENGTH = 200
"""Characters of a text that we look at. Keys have fewer."""


@dataclass(frozen=True)
class KeyText:
    """A key as its user has it. Never store or log `text`."""

    text: str
    key_id: str
    owner_id: str

    @property
    def shown(self) -> str:
        """The beginning, by which its user recognises it."""
        return self.text[:SHOWN_CHARACTERS]

    @property
    def hash(self) -> str:
        return sha256(self.text.encode()).hexdigest()


def make_key(owner_id: str) -> KeyText:
    """Make a new key of this user, who has a UUID from Cognito."""
    key_id = uuid4()
    content = key_id.bytes + UUID(owner_id).bytes + secrets.token_bytes(SECRET_BYTES)
    return KeyText(PREFIX + _encode(content), str(key_id), owner_id)


def read_key(text: str) -> KeyText | None:
    """What a text says about itself, or None if it cannot be a key."""
    if not text.startswith(PREFIX) or len(text) > MAX_LENGTH or not text.isascii():
        return None
    encoded = text.removeprefix(PREFIX)
    try:
        content = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except binascii.Error:
        return None
    # Each key has one text: the decoder ignores characters that are not of base64.
    if len(content) != _BYTES or _encode(content) != encoded:
        return None
    key_id, owner_id = content[:_UUID_BYTES], content[_UUID_BYTES : 2 * _UUID_BYTES]
    return KeyText(text, str(UUID(bytes=key_id)), str(UUID(bytes=owner_id)))


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
