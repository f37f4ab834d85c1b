"""Starts and stops the worker as Auto Scaling and Spot say. Runs as root on each instance.

The instance asks its metadata every few seconds, so nothing has to reach it from outside:
https://docs.aws.amazon.com/autoscaling/ec2/userguide/retrieving-target-lifecycle-state-through-imds.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-instance-termination-notices.html
"""

from __future__ import annotations

import logging
import os
import subprocess
import time
import urllib.error
import urllib.request
from http import HTTPStatus
from typing import Any, Protocol

import boto3
from botocore.exceptions import BotoCoreError, ClientError

logger = logging.getLogger("lifecycle")

POLL_SECONDS = 5  # A Spot notice comes two minutes ahead
UNHEALTHY_TURNS = 12  # A minute; a fresh worker needs a few seconds
RESTARTS = 3  # Then a new instance is the better cure


class Worker(Protocol):
    """The worker of this machine."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def is_healthy(self) -> bool: ...


class SystemdWorker:
    """The unit that install.sh installed."""

    def start(self) -> None:
        subprocess.run(["systemctl", "start", "spotter-worker"], check=True)

    def stop(self) -> None:
        """Returns when the worker has handed back what it held."""
        subprocess.run(["systemctl", "stop", "spotter-worker"], check=True)

    def is_healthy(self) -> bool:
        check = ["/usr/bin/python3.13", "-m", "pipeline.worker.health"]
        environment = {
            "PYTHONPATH": "/opt/spotter/site:/opt/spotter",
            "HEALTH_FILE": "/run/spotter/health.json",
        }
        return subprocess.run(check, env=environment, stderr=subprocess.DEVNULL).returncode == 0


class Metadata:
    """What the instance can ask about itself (IMDSv2)."""

    def __init__(self, url: str = "http://169.254.169.254") -> None:
        self._url = url

    def find(self, path: str) -> str | None:
        """A value, or None where there is none."""
        token = self._request(
            "PUT", "/latest/api/token", {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
        )
        try:
            return self._request(
                "GET", f"/latest/meta-data/{path}", {"X-aws-ec2-metadata-token": token}
            )
        except urllib.error.HTTPError as error:
            if error.code == HTTPStatus.NOT_FOUND:
                return None
            raise

    def _request(self, method: str, path: str, headers: dict[str, str]) -> str:
        request = urllib.request.Request(self._url + path, method=method, headers=headers)
        with urllib.request.urlopen(request, timeout=2) as response:
            return str(response.read().decode())


class Keeper:
    """Brings the worker and Auto Scaling to where the instance shall be, a step a turn."""

    def __init__(self, metadata: Metadata, worker: Worker, autoscaling: Any, group: str) -> None:
        self._metadata = metadata
        self._worker = worker
        self._autoscaling = autoscaling
        self._group = group
        self._instance_id = metadata.find("instance-id")
        self._state = ""
        self._told = ""
        self._unhealthy_turns = 0
        self._restarts = 0

    def turn(self) -> None:
        """Look where the instance shall be, and go one step there."""
        target = self._metadata.find("autoscaling/target-lifecycle-state") or "InService"
        if target == "Terminated":
            self._stop()
            self._tell("terminate", target)
        elif self._metadata.find("spot/instance-action"):
            self._stop()
        elif target.startswith("Warmed"):
            self._stop()
            self._tell("launch", target)
        else:
            self._serve(target)

    def _serve(self, target: str) -> None:
        if self._state != "started":
            self._worker.start()
            self._state, self._unhealthy_turns = "started", 0
        elif self._worker.is_healthy():
            self._tell("launch", target)
            self._unhealthy_turns = self._restarts = 0
        else:
            self._mend()

    def _mend(self) -> None:
        self._unhealthy_turns += 1
        if self._unhealthy_turns < UNHEALTHY_TURNS:
            return
        logger.warning("The worker is not healthy")
        self._restarts += 1
        if self._restarts <= RESTARTS:
            self._stop()
        else:
            self._unhealthy_turns = 0
            self._autoscaling.set_instance_health(
                InstanceId=self._instance_id, HealthStatus="Unhealthy"
            )

    def _stop(self) -> None:
        if self._state != "stopped":
            self._worker.stop()
            self._state = "stopped"

    def _tell(self, hook: str, target: str) -> None:
        """Let Auto Scaling go on, once for each target."""
        if self._told == target:
            return
        try:
            self._autoscaling.complete_lifecycle_action(
                LifecycleHookName=hook,
                AutoScalingGroupName=self._group,
                InstanceId=self._instance_id,
                LifecycleActionResult="CONTINUE",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            # Nothing waits: this program was restarted after it had told.
        self._told = target


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    keeper = Keeper(
        Metadata(), SystemdWorker(), boto3.client("autoscaling"), os.environ["GROUP_NAME"]
    )
    while True:
        try:
            keeper.turn()
        except (OSError, BotoCoreError, ClientError, subprocess.CalledProcessError):
            logger.exception("Will try again")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
