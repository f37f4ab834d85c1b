"""A repeated action of the supervisor continues after errors."""

import logging
import threading
from collections.abc import Callable

import httpx
import pytest
from botocore.exceptions import ClientError

from infra.local.background import repeat
from tests.local.conftest import TIMEOUT

STUMBLE = ClientError({"Error": {"Code": "InternalError", "Message": "size changed"}}, "FilterLogs")


def fail_once(error: Exception, again: threading.Event) -> Callable[[], None]:
    """Fails the first time, and tells of the second."""
    errors = [error]

    def act() -> None:
        if errors:
            raise errors.pop()
        again.set()

    return act


@pytest.mark.parametrize("error", [STUMBLE, httpx.ReadTimeout("no answer")])
def test_a_stumble_of_the_local_aws_is_one_line(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    again = threading.Event()

    with repeat("The copy", fail_once(error, again), 0.01):
        assert again.wait(TIMEOUT)

    [record] = caplog.records
    assert record.getMessage() == f"The copy failed, the next run tries again: {error}"
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)


def test_an_error_of_ours_is_told_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    again = threading.Event()

    with repeat("The copy", fail_once(KeyError("ours"), again), 0.01):
        assert again.wait(TIMEOUT)

    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
