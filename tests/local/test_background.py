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
    """Fails at the first call and reports the second."""
    errors = [error]

    def act() -> None:
        if errors:
            raise errors.pop()
        again.set()

    return act


@pytest.mark.parametrize("error", [STUMBLE, httpx.ReadTimeout("no answer")])
def test_a_transient_error_of_the_local_aws_is_one_log_line(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    again = threading.Event()

    with repeat("The copy", fail_once(error, again), 0.01):
        assert again.wait(TIMEOUT)

    [record] = caplog.records
    assert record.getMessage() == f"The copy failed, the next run tries again: {error}"
    assert (record.levelno, record.exc_info) == (logging.WARNING, None)


def test_an_error_of_our_code_has_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    again = threading.Event()

    with repeat("The copy", fail_once(KeyError("ours"), again), 0.01):
        assert again.wait(TIMEOUT)

    [record] = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info
