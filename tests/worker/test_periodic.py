"""Something done again and again."""

import threading
import time

import pytest

from pipeline.worker.periodic import every


def test_the_action_is_repeated_until_the_block_ends() -> None:
    calls: list[float] = []
    third = threading.Event()

    def act() -> None:
        calls.append(time.monotonic())
        if len(calls) == 3:
            third.set()

    with every(0.02, act, "act"):
        assert third.wait(timeout=10)
    time.sleep(0.02)  # A turn that had begun
    count = len(calls)
    time.sleep(0.1)

    assert len(calls) == count


def test_a_failure_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    again = threading.Event()

    def fail() -> None:
        if caplog.messages:
            again.set()
        raise RuntimeError

    with every(0.02, fail, "act"):
        assert again.wait(timeout=10)

    assert caplog.messages[0] == "act failed"
