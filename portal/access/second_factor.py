"""The second factor of operators: codes of an authenticator app.

The codes are time-based one-time passwords: six digits, new every 30 seconds.
https://www.rfc-editor.org/rfc/rfc6238
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

from portal.access.items import OperatorItem
from portal.access.models import Operator
from portal.access.tries import CODES, update_if
from portal.environment import env

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""How many steps a phone's clock may be early or late."""


class Answer(StrEnum):
    """The outcome of a code. The value stands in the audit log."""

    ACCEPTED = "The code was right"
    WRONG = "The code was wrong or used before"
    LOCKED = "Too many wrong codes"
    UNREADABLE = "The stored key cannot be read"


class Invitation(NamedTuple):
    """What an authenticator app needs to make codes."""

    key: str
    picture: str
    """The key as a QR code: an SVG element."""


def create_key() -> str:
    """A new key of 160 bits, encrypted."""
    return _fernet().encrypt(pyotp.random_base32().encode()).decode()


def build_invitation(operator: Operator, encrypted: str) -> Invitation:
    """What the operator's app scans, or the operator types."""
    key = _decrypt(encrypted)
    issuer = f"Spotter portal {env.environment_name}"
    address = pyotp.TOTP(key).provisioning_uri(name=operator.get_username(), issuer_name=issuer)
    picture = segno.make(address, micro=False).svg_inline(omitsize=True, light="white")
    return Invitation(key, picture)


def set_up(item: OperatorItem, encrypted: str, code: str) -> Answer:
    """Keep the key if the code shows that the operator's app has it too."""
    return _answer(item, encrypted, code, is_new=True)


def confirm(item: OperatorItem, code: str) -> Answer:
    """Check a code of the operator's app."""
    return _answer(item, item.factor_key or "", code)


def reset(item: OperatorItem) -> bool:
    """Forget the key and end all sessions. The next sign-in sets up a new one.

    Returns:
        False if there was none.
    """
    actions = [
        OperatorItem.factor_key.remove(),
        OperatorItem.factor_step.remove(),
        OperatorItem.signed_out_at.set(datetime.now(UTC)),
        *CODES.forget(),
    ]
    return update_if(item, actions, OperatorItem.factor_key.exists())


def _answer(item: OperatorItem, encrypted: str, code: str, *, is_new: bool = False) -> Answer:
    if not CODES.claim(item):
        return Answer.LOCKED
    try:
        key = _decrypt(encrypted)
    except InvalidToken:
        return Answer.UNREADABLE
    step = find_step(key, code, datetime.now(UTC))
    if step is None:
        return Answer.WRONG
    stored, last = OperatorItem.factor_key, OperatorItem.factor_step
    # One write decides: of two requests with the same code only one is accepted.
    is_unused = last.does_not_exist() | (last < step)
    condition = stored.does_not_exist() if is_new else (stored == encrypted) & is_unused
    actions = [stored.set(encrypted), last.set(step), *CODES.forget()]
    return Answer.ACCEPTED if update_if(item, actions, condition) else Answer.WRONG


def find_step(key: str, code: str, now: datetime) -> int | None:
    """The number of the 30 seconds since 1970 to which the code belongs; None if it is wrong."""
    totp = pyotp.TOTP(key, interval=STEP_SECONDS)
    present = int(now.timestamp()) // STEP_SECONDS
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), code):
            return step
    return None


def _fernet() -> Fernet:
    digest = hashlib.sha256(env.secrets.second_factor_key.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _decrypt(encrypted: str) -> str:
    return _fernet().decrypt(encrypted.encode()).decode()
