"""The link between two regions: lag, cuts and outages."""

from dataclasses import dataclass, field

import pytest

from infra.local.regions.link import Link

LAG = 1.0


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Sender:
    """Sends numbers over a link, and notes which arrive."""

    clock: Clock = field(default_factory=Clock)
    arrived: list[int] = field(default_factory=list)
    link: Link = field(init=False)

    def __post_init__(self) -> None:
        self.link = Link(LAG, self.clock)

    def send(self, *numbers: int) -> None:
        for number in numbers:
            self.link.send(lambda it=number: self.arrived.append(it))  # type: ignore[misc] # Bound early

    def deliver_all(self) -> float | None:
        while (wait := self.link.deliver()) == 0:
            pass
        return wait


def test_a_write_arrives_after_the_lag_and_in_order() -> None:
    sender = Sender()
    sender.send(1, 2)

    assert sender.deliver_all() == LAG
    assert sender.arrived == []

    sender.clock.now += LAG

    assert sender.deliver_all() is None
    assert sender.arrived == [1, 2]


def test_nothing_arrives_while_the_link_is_cut() -> None:
    sender = Sender()
    sender.link.set_cut(cut=True)
    sender.send(1)
    sender.clock.now += 100 * LAG

    assert sender.deliver_all() is None
    assert (sender.arrived, sender.link.count_waiting()) == ([], 1)

    sender.link.set_cut(cut=False)

    sender.deliver_all()
    assert (sender.arrived, sender.link.count_waiting()) == ([1], 0)


def test_nothing_arrives_while_a_region_is_away() -> None:
    sender = Sender()
    sender.send(1)
    sender.link.set_away("us-east-1", away=True)
    sender.clock.now += 100 * LAG

    assert sender.deliver_all() is None
    assert sender.arrived == []

    sender.link.set_away("us-east-1", away=False)

    sender.deliver_all()
    assert sender.arrived == [1]


def test_a_copy_that_fails_does_not_stop_the_others() -> None:
    sender = Sender()
    reported: list[Exception] = []

    def fail() -> None:
        raise ValueError("full")

    sender.link.send(fail)
    sender.send(1)
    sender.clock.now += LAG

    class Done(BaseException):
        """Ends the loop, which has no end."""

    def end() -> None:
        raise Done

    sender.link.send(end)
    sender.clock.now += LAG
    with pytest.raises(Done):
        sender.link.deliver_for_ever(reported.append)

    assert sender.arrived == [1]
    assert [str(error) for error in reported] == ["full"]


def test_a_stop_delivers_all_whatever_the_link() -> None:
    sender = Sender()
    sender.link.set_cut(cut=True)
    sender.send(1, 2)

    sender.link.flush()

    assert sender.arrived == [1, 2]
