"""One-time codes are those of RFC 6238."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest

from portal.access import second_factor

# Appendix B of RFC 6238 with SHA-1, the last six of its eight digits
RFC_KEY = base64.b32encode(b"12345678901234567890").decode()


RFC_CODES = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}


@pytest.mark.parametrize(("seconds", "code"), RFC_CODES.items())
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    moment = datetime.fromtimestamp(seconds, UTC)

    def find(later: int) -> int | None:
        now = moment + timedelta(seconds=later)
        return second_factor.find_step(RFC_KEY, code, now)

    assert find(0) == find(30) == find(-29) == seconds // 30
    assert find(61) is None
