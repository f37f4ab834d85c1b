"""One user's pictures do not keep another's waiting for a core."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

from pipeline.worker.turns import Turns
from tests.worker.processes import wait_until


class Line:
    """Threads that wait for a core, and the order in which they got one."""

    def __init__(self, cores: int) -> None:
        self.turns = Turns(cores)
        self.served: list[str] = []
        self._pool = ThreadPoolExecutor(16)
        self._lock = threading.Lock()
        self._futures: list[Future[None]] = []

    def wait(self, owner_id: str) -> None:
        """Let one more thread of this owner wait, and return when it does."""
        before = len(self.turns._waiting)
        self._futures.append(self._pool.submit(self._take, owner_id))
        wait_until(lambda: len(self.turns._waiting) == before + 1)

    def finish(self, owner_id: str) -> str:
        """End one of this owner's pictures. Returns who got the core."""
        count = len(self.served)
        self.turns.give_back(owner_id)
        wait_until(lambda: len(self.served) == count + 1)
        return self.served[-1]

    def _take(self, owner_id: str) -> None:
        self.turns.take(owner_id)
        with self._lock:
            self.served.append(owner_id)


def test_a_picture_waits_for_one_turn_of_another_user_not_for_all() -> None:
    line = Line(1)
    line.turns.take("heavy")
    for owner_id in ("heavy", "heavy", "heavy", "light"):
        line.wait(owner_id)

    assert line.finish("heavy") == "light"
    assert [line.finish("light"), line.finish("heavy"), line.finish("heavy")] == ["heavy"] * 3


def test_users_who_all_wait_take_turns() -> None:
    line = Line(1)
    line.turns.take("a")
    for owner_id in ("a", "a", "b", "b", "c", "c"):
        line.wait(owner_id)

    order = ["a"]
    for _ in range(6):
        order.append(line.finish(order[-1]))

    assert order == ["a", "b", "c", "a", "b", "c", "a"]


def test_a_free_core_goes_to_the_user_who_has_the_fewest() -> None:
    line = Line(4)
    for owner_id in ("heavy", "heavy", "heavy", "light"):
        line.turns.take(owner_id)
    line.wait("heavy")
    line.wait("light")

    assert line.finish("heavy") == "light"  # Heavy has two left, and light had the latest turn
    assert line.finish("heavy") == "heavy"


def test_one_user_alone_gets_every_core_in_the_order_of_arrival() -> None:
    line = Line(2)
    line.turns.take("a")
    line.turns.take("a")
    line.wait("a")

    assert line.finish("a") == "a"
    line.turns.give_back("a")
    line.turns.give_back("a")

    assert (line.turns._idle, line.turns._last_turns) == (2, {})
    assert not line.turns._running
