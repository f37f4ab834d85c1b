"""The two regions of the drill, and what can be done to them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil

from infra.local import names
from infra.local.clients import Clients
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.processes import Roster
from infra.local.regions.remote import Situation, Switch, turn
from infra.local.resources.functions import find_function
from infra.local.server import build_environment
from infra.local.state import State, load_state

LOST, SURVIVOR = names.FIRST_REGION, names.SECOND_REGION
WORKERS = 1
"""Workers of each region. Both share the cores of this machine."""
LIMIT_SECONDS = 240.0
"""A condition that takes longer has failed. A sweep that comes once a minute may have to help."""
POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Scene:
    """The running system."""

    state: State
    """The first region, with the address of the front."""
    layout: Layout
    server_pid: int

    @property
    def second(self) -> State:
        return load_state(self.layout.second)

    def connect(self, region: str) -> Clients:
        return Clients(self.state.endpoint, self.state.root_key, region)

    def turn(self, switch: Switch | None = None, region: str | None = None) -> Situation:
        return turn(self.state.endpoint, self.state.root_key, switch, region)

    def set_workers(self, region: str, count: int) -> None:
        """Set the size of a region's group. The fleet follows within a second."""
        group = names.WORKER_GROUP.replace(
            names.SHARED_PREFIX, f"{names.SHARED_PREFIX}{names.build_suffix(region)}"
        )
        self.connect(region).autoscaling.set_desired_capacity(
            AutoScalingGroupName=group, DesiredCapacity=count
        )

    def find_workers(self, region: str) -> list[psutil.Process]:
        layout = self.layout if region == LOST else self.layout.second
        return list(Roster(layout).find_workers().values())

    def kill_workers(self, region: str) -> None:
        """kill -9, as a region that is gone does not say goodbye."""
        for process in self.find_workers(region):
            with suppress(psutil.NoSuchProcess):
                process.kill()

    def stop_workers(self, region: str) -> None:
        """Let nobody start workers again, and kill those that run."""
        self.set_workers(region, 0)
        self.kill_workers(region)
        wait_until(lambda: not self.find_workers(region), f"The workers of {region} ended")

    def cool_down(self, region: str) -> None:
        """End all processes of the region's functions."""
        with suppress(psutil.NoSuchProcess):
            for process in psutil.Process(self.server_pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    if find_function(process.cwd(), region):
                        process.kill()

    def command(self, what: str, region: str = LOST) -> str:
        """Run a command of the take-over in the region that lives."""
        return self.run("-m", "pipeline.core.takeover", what, region)

    def run(self, *arguments: str) -> str:
        """Run Python as an operator of the survivor would, and return what it prints.

        Raises:
            LocalError: It failed.
        """
        environment = build_environment(
            **self.second.takeover,
            AWS_ENDPOINT_URL=self.state.endpoint,
            AWS_ACCESS_KEY_ID=self.state.root_key.access_key_id,
            AWS_SECRET_ACCESS_KEY=self.state.root_key.secret_access_key,
        )
        done = subprocess.run(
            [sys.executable, *arguments],
            env=environment,
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )
        if done.returncode:
            command = " ".join(arguments)
            raise LocalError(f"{command} failed:\n{done.stderr}", "Look at the messages above.")
        return done.stdout


def wait_until(
    condition: Callable[[], object], what: str, *, seconds: float = LIMIT_SECONDS
) -> float:
    """Wait for a condition.

    Returns:
        When it held, by time.monotonic.

    Raises:
        LocalError: It did not hold in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise LocalError(f"This did not happen within {seconds:.0f} s: {what}.", "Try again.")
        time.sleep(POLL_SECONDS)
    return time.monotonic()
