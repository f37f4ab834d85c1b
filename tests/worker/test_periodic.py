"""An action that is repeated."""

import threading

import pytest

from pipeline.worker.periodic import every

TIMEOUT = 60


def test_the_action_is_repeated_until_the_block_ends() -> None:
    calls: list[int] = []
    third = threading.Event()

    def act() -> None:
        calls.append(1)
        if len(calls) == 3:
            third.set()

    with every(0.02, act, "to be ended"):
        assert third.wait(TIMEOUT)
        [thread] = [thread for thread in threading.enumerate() if thread.name == "to be ended"]
    thread.join(TIMEOUT)

    assert not thread.is_alive()


def test_a_failure_does_not_end_it(caplog: pytest.LogCaptureFixture) -> None:
    again = threading.Event()

    def fail() -> None:
        if caplog.messages:
            again.set()
        raise RuntimeError

    with every(0.02, fail, "act"):
        assert again.wait(TIMEOUT)

    assert caplog.messages[0] == "act failed"
