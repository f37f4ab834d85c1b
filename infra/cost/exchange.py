"""What an exchange of an API key costs beyond its call."""

from typing import Any

from infra.cost.model import INVOCATION_GB_SECONDS

WRITE_UNITS = 4
"""The caller's token bucket, which takes two writes; the token; the key's last use."""

READ_UNITS = 5
"""The keys of the user, up to 8 KB, for the function and for Cognito; the lockout."""

SIGN_IN_STEPS = 3
"""Cognito's questions to a function. Cognito itself charges for a month's users, not for tokens."""


def price_exchange(prices: dict[str, Any]) -> float:
    """USD for finding the key, signing its owner in and noting the token."""
    step = prices["lambda_request"] + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
    return float(
        WRITE_UNITS * prices["dynamodb_write_unit"]
        + READ_UNITS * prices["dynamodb_read_unit"]
        + SIGN_IN_STEPS * step
    )
