"""The error of a delivery is short, equal for equal faults, and names no user."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from pynamodb.exceptions import UpdateError

from pipeline.worker.error_text import LONGEST, describe_error
from tests.examples import OWNER_ID

KEY = f"images/{OWNER_ID}/3f6c2c0e-5a0e-4b58-9a86-0b6a5a3d1c11/1d6f0f0e"

DENIED = ClientError(
    {
        "Error": {
            "Code": "AccessDenied",
            "Message": f"User: arn:aws:iam::123456789012:user/w is not authorized to read {KEY}",
        }
    },
    "GetObject",
)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (DENIED, "GetObject: AccessDenied"),
        (UpdateError("Failed to update item", DENIED), "GetObject: AccessDenied"),
        (EndpointConnectionError(endpoint_url=f"https://s3/{KEY}"), "EndpointConnectionError"),
        (MemoryError(), "MemoryError"),
        (RuntimeError("no disk"), "RuntimeError: no disk"),
        (ValueError("bad name 'Ann at home.jpg'"), "ValueError: bad name <text>"),
        (ValueError('bad name "Ann.jpg"'), "ValueError: bad name <text>"),
        (
            OSError(28, "No space left", "/var/lib/a.jpg"),
            "OSError: [Errno 28] No space left: <text>",
        ),
        (RuntimeError(f"cannot read {KEY}"), "RuntimeError: cannot read <path>"),
        (RuntimeError(f"owner {OWNER_ID} again"), "RuntimeError: owner <id> again"),
        (RuntimeError("from ann@example.com"), "RuntimeError: from <address>"),
        (RuntimeError("see https://s3/b?X-Amz-Signature=1"), "RuntimeError: see <url>"),
        (RuntimeError("arn:aws:s3:::bucket refused"), "RuntimeError: <arn> refused"),
        (
            MemoryError("cannot allocate 52428800 bytes"),
            "MemoryError: cannot allocate <number> bytes",
        ),
        (RuntimeError("two\n  lines"), "RuntimeError: two lines"),
    ],
)
def test_the_text_of_an_error_has_no_data_of_a_user(error: Exception, text: str) -> None:
    assert describe_error(error) == text


def test_a_long_error_is_cut() -> None:
    text = describe_error(RuntimeError("word " * 100))

    assert len(text) == LONGEST
    assert text.endswith("…")
