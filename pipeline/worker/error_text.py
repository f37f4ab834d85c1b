"""An error as one short line for operators, without data of a user.

Equal faults give equal texts, so that operators can group tasks by them.
"""

from __future__ import annotations

import re

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

LONGEST = 160
"""Characters. A longer text is cut."""

_PRIVATE = (
    (re.compile(r"[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE), "<url>"),
    (re.compile(r"\S+@\S+"), "<address>"),
    (re.compile(r"\barn:\S+"), "<arn>"),
    (re.compile(r"'[^']*'|\"[^\"]*\"|b'[^']*'"), "<text>"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE), "<id>"),
    (re.compile(r"(?<!\w)[\w.-]*/\S+"), "<path>"),
    (re.compile(r"\b(?=\w*\d)\w{9,}\b"), "<id>"),
    (re.compile(r"\d{4,}"), "<number>"),
)
"""Patterns of data that may come from a user or differ between tasks, in order of replacement."""


def describe_error(error: BaseException) -> str:
    """Type and message of an error.

    AWS's messages name keys of pictures, which contain ids of users. Only code and operation are
    kept of them.
    """
    if isinstance(error, PynamoDBException) and error.cause is not None:
        error = error.cause
    if isinstance(error, ClientError):
        code = error.response.get("Error", {}).get("Code", "Unknown")
        return _shorten(f"{error.operation_name}: {code}")
    name = type(error).__name__
    if isinstance(error, BotoCoreError):
        return name  # Its message contains the address of a picture.
    message = " ".join(str(error).split())
    for pattern, replacement in _PRIVATE:
        message = pattern.sub(replacement, message)
    return _shorten(f"{name}: {message}" if message else name)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"
