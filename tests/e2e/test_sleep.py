"""A fleet that sleeps is woken by a picture, recognises it and sleeps again."""

from collections.abc import Callable
from pathlib import Path

from infra.local import sleep
from infra.local.background import repeat
from infra.local.clients import Clients
from infra.local.sleep import SleepingFleet
from infra.local.state import State
from tests.e2e.conftest import SetWorkers, User, wait_until

QUIET_SECONDS = 2


def test_a_picture_wakes_a_sleeping_fleet(
    user: User,
    photo: Path,
    root: Clients,
    system: State,
    workers: Callable[[], list[int]],
    set_workers: SetWorkers,
) -> None:
    set_workers(1)
    told: list[str] = []
    fleet = SleepingFleet(
        Clients(system.endpoint, system.root_key), system.task_queue_url, QUIET_SECONDS, told.append
    )
    with repeat("sleep", fleet.look, sleep.INTERVAL_SECONDS):
        wait_until(lambda: workers() == [])

        task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", photo.name)

        assert user.client.wait_for_result(task_id, 120)["labels"]
        wait_until(lambda: workers() == [])
    assert [line.split(":")[0] for line in told] == [
        "Nothing waited for 2 s",
        "A picture waits",
        "Nothing waited for 2 s",
    ]
