"""Starts and stops the worker for Auto Scaling and Spot. Runs as root on each instance.

It polls the instance metadata, so nothing has to reach the instance from outside:
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

POLL_SECONDS = 5  # A Spot notice comes two minutes before the end
UNHEALTHY_STEPS = 12  # A minute. A new worker needs a few seconds
RESTARTS = 3  # Then a new instance replaces this one


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
        """Returns when the worker has returned its messages to the queue."""
        subprocess.run(["systemctl", "stop", "spotter-worker"], check=True)

    def is_healthy(self) -> bool:
        check = ["/usr/bin/python3.13", "-m", "pipeline.worker.health"]
        environment = {
            "PYTHONPATH": "/opt/spotter/site:/opt/spotter",
            "HEALTH_FILE": "/run/spotter/health.json",
        }
        return subprocess.run(check, env=environment, stderr=subprocess.DEVNULL).returncode == 0


class Metadata:
    """The metadata of the instance (IMDSv2)."""

    def __init__(self, url: str = "http://169.254.169.254") -> None:
        self._url = url

    def find(self, path: str) -> str | None:
        """A value, or None if the path does not exist."""
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


class LifecycleAgent:
    """Follows the target state of the instance: starts or stops the worker, completes hooks."""

    def __init__(self, metadata: Metadata, worker: Worker, autoscaling: Any, group: str) -> None:
        self._metadata = metadata
        self._worker = worker
        self._autoscaling = autoscaling
        self._group = group
        self._instance_id = metadata.find("instance-id")
        self._state = ""
        self._completed = ""
        self._unhealthy_steps = 0
        self._restarts = 0

    def step(self) -> None:
        """Read the target state and do what is missing."""
        target = self._metadata.find("autoscaling/target-lifecycle-state") or "InService"
        if target == "Terminated":
            self._stop()
            self._complete("terminate", target)
        elif self._metadata.find("spot/instance-action"):
            self._stop()
        elif target.startswith("Warmed"):
            self._stop()
            # To the pool from a launch, or back to it from service when the fleet goes to sleep.
            self._complete("terminate" if self._completed == "InService" else "launch", target)
        else:
            self._serve(target)

    def _serve(self, target: str) -> None:
        if self._state != "started":
            self._worker.start()
            self._state, self._unhealthy_steps = "started", 0
        elif self._worker.is_healthy():
            self._complete("launch", target)
            self._unhealthy_steps = self._restarts = 0
        else:
            self._repair()

    def _repair(self) -> None:
        self._unhealthy_steps += 1
        if self._unhealthy_steps < UNHEALTHY_STEPS:
            return
        logger.warning("The worker has been unhealthy for a minute")
        self._restarts += 1
        if self._restarts <= RESTARTS:
            self._stop()
        else:
            self._unhealthy_steps = 0
            self._autoscaling.set_instance_health(
                InstanceId=self._instance_id, HealthStatus="Unhealthy"
            )

    def _stop(self) -> None:
        if self._state != "stopped":
            self._worker.stop()
            self._state = "stopped"

    def _complete(self, hook: str, target: str) -> None:
        """Complete the hook, once for each target state, so that Auto Scaling continues."""
        if self._completed == target:
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
            # The hook is complete already: this program was restarted after it had completed it.
        self._completed = target


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    agent = LifecycleAgent(
        Metadata(), SystemdWorker(), boto3.client("autoscaling"), os.environ["GROUP_NAME"]
    )
    while True:
        try:
            agent.step()
        except (OSError, BotoCoreError, ClientError, subprocess.CalledProcessError):
            logger.exception("This step failed; the next one tries again")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
