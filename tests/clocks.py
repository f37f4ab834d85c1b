"""Clocks that a test holds in its hand: no result of it depends on how fast the machine is."""

import time
from datetime import datetime, tzinfo
from types import ModuleType

import pytest
from moto.sqs import models as moto_sqs


def stop_clock(monkeypatch: pytest.MonkeyPatch, module: ModuleType, at: datetime) -> None:
    """Show `module`, which has imported `datetime`, the same time from now on."""

    class StandingClock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "StandingClock":
            return cls.fromtimestamp(at.timestamp(), tz)

    monkeypatch.setattr(module, "datetime", StandingClock)


class HandClock:
    """Goes only when told to. Takes the place of `time` in a module."""

    def __init__(self) -> None:
        # About now: an AWS in memory refuses what is long ago or to come.
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
        """Let the queues in memory hide and show messages by this clock.

        A long poll of theirs would not end.
        """
        monkeypatch.setattr(moto_sqs, "unix_time", lambda: self._seconds)
        monkeypatch.setattr(moto_sqs, "unix_time_millis", lambda: self._seconds * 1000)
