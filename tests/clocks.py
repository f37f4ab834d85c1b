"""Clocks that a test sets, so that its result does not depend on the speed of the machine."""

import time
from datetime import datetime, tzinfo
from types import ModuleType

import pytest
from moto.sqs import models as moto_sqs


def stop_clock(monkeypatch: pytest.MonkeyPatch, module: ModuleType, at: datetime) -> None:
    """Give `module`, which has imported `datetime`, one fixed time from now on."""

    class StandingClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "StandingClock":
            return cls.fromtimestamp(at.timestamp(), tz)

    monkeypatch.setattr(module, "datetime", StandingClock)


class HandClock:
    """Advances only when a test says so. Replaces `time` in a module."""

    def __init__(self) -> None:
        # Near the real time, because the in-memory AWS refuses times far from it.
        self._seconds = float(round(time.time()))

    def go(self, seconds: float) -> None:
        self._seconds += seconds

    def time(self) -> float:
        return self._seconds

    def monotonic(self) -> float:
        return self._seconds

    def perf_counter(self) -> float:
        return self._seconds

    def move_queues(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let the in-memory queues hide and show messages by this clock.

        A long poll would not end with it.
        """
        monkeypatch.setattr(moto_sqs, "unix_time", lambda: self._seconds)
        monkeypatch.setattr(moto_sqs, "unix_time_millis", lambda: self._seconds * 1000)
