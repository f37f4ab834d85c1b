"""The operators' portal on the local AWS: its process, and the metrics that ministack lacks.

Run as: python -m infra.local.portal SOCKET (the supervisor does, and sets the environment)
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from socketserver import ThreadingMixIn
from types import FrameType, MappingProxyType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
import httpx

from infra.local import names
from infra.local.background import repeat
from infra.local.clients import Clients
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import HOST
from infra.local.processes import Kind, Roster
from infra.local.rekognition.budget import VARIABLE, read_budget
from infra.local.resources import live
from infra.local.resources.account import Account
from infra.local.resources.portal import (
    TABLES,
    create_portal_client,
    create_portal_key,
    create_portal_tables,
)
from infra.local.server import Server, build_environment
from infra.local.state import write_private
from pipeline.core.tasks.record import Task, TaskStatus

PORTAL = Kind(stop_seconds=5, rank=0)
PREFERRED_PORT = 8010
START_SECONDS = 60
TICK_SECONDS = 5.0

SHARED_TABLES = {
    "STREAMS_TABLE": names.STREAMS_TABLE,
    "DELIVERIES_TABLE": names.DELIVERIES_TABLE,
    "EXPORTS_TABLE": names.EXPORTS_TABLE,
    "CONNECTIONS_TABLE": names.CONNECTIONS_TABLE,
    "TASKS_TABLE": names.TASKS_TABLE,
    "WEBHOOKS_TABLE": names.WEBHOOKS_TABLE,
}
"""Tables that functions and workers use too."""


@contextmanager
def running_portal(
    account: Account,
    server: Server,
    layout: Layout,
    roster: Roster,
    regions: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[str]:
    """Start the portal, keep it running during the block, and yield its URL.

    Args:
        regions: What it needs to know of two regions.

    Raises:
        LocalError: It did not start.
    """
    clients = server.connect()
    log = layout.logs / "portal.log"
    # The socket is bound here and passed on, so nobody can take the port in between.
    with _bind() as listener, log.open("ab") as output:
        url = f"http://{HOST}:{listener.getsockname()[1]}"
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.portal", str(listener.fileno())],
            env=_build_environment(account, clients, layout, url, regions),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        )
    roster.add("portal", process.pid, PORTAL)
    _wait_until_ready(process, url, log)
    counters: dict[str, Callable[[], None]] = {
        "Counting new tasks for the portal": ArrivalCounter(clients).tick,
        "Counting workers for the portal": partial(publish_group, clients),
    }
    with ExitStack() as stack:
        for name, tick in counters.items():
            stack.enter_context(repeat(name, tick, TICK_SECONDS))
        yield url


@dataclass
class ArrivalCounter:
    """Publishes the number of new tasks as SQS's metric of sent messages, which ministack lacks."""

    clients: Clients
    _since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def tick(self) -> None:
        now = datetime.now(UTC)
        # A moment ago: a task that was just saved may not be in the index yet.
        count = sum(
            Task.by_status.count(status.value, Task.created_at.between(self._since, now))
            for status in TaskStatus
        )
        self._since = now
        self.clients.cloudwatch.put_metric_data(
            Namespace="AWS/SQS",
            MetricData=[
                {
                    "MetricName": "NumberOfMessagesSent",
                    "Dimensions": [{"Name": "QueueName", "Value": names.TASK_QUEUE}],
                    "Value": float(count),
                    "Unit": "Count",
                }
            ],
        )


def publish_group(clients: Clients) -> None:
    """Publish the size of the workers' group, which ministack does not."""
    answer = clients.autoscaling.describe_auto_scaling_groups(
        AutoScalingGroupNames=[names.WORKER_GROUP]
    )
    for group in answer["AutoScalingGroups"]:
        running = [it for it in group["Instances"] if it["LifecycleState"] == "InService"]
        values = {
            "GroupInServiceInstances": len(running),
            "GroupDesiredCapacity": group["DesiredCapacity"],
        }
        clients.cloudwatch.put_metric_data(
            Namespace="AWS/AutoScaling",
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [{"Name": "AutoScalingGroupName", "Value": names.WORKER_GROUP}],
                    "Value": float(value),
                    "Unit": "None",
                }
                for name, value in values.items()
            ],
        )


def _bind() -> socket.socket:
    """A socket at the usual port, or at a free one if that is taken."""
    for port in (PREFERRED_PORT, 0):
        listener = socket.socket()
        # Otherwise a restart waits until the last connections time out.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
            listener.listen()
        except OSError:
            listener.close()
        else:
            return listener
    raise LocalError("No port is free for the portal.", "Stop other programs and start again.")


def _build_environment(
    account: Account, clients: Clients, layout: Layout, url: str, regions: Mapping[str, str]
) -> dict[str, str]:
    client = create_portal_client(clients, account.users, url)
    key = create_portal_key(clients, account.queues, account.users, has_regions=bool(regions))
    settings = {
        **TABLES,
        **SHARED_TABLES,
        **regions,
        "AWS_REGION": names.REGION,
        "AWS_DEFAULT_REGION": names.REGION,
        "LIVE_ENDPOINT": live.build_endpoint(clients.endpoint),
        "TASK_QUEUE_URL": account.queues.tasks.url,
        "WEBHOOKS_QUEUE_URL": account.webhooks_queue_url,
        "DEAD_LETTER_QUEUE_URL": account.queues.dead_letters.url,
        "IMAGES_BUCKET": names.IMAGES_BUCKET,
        "USER_POOL_ID": account.users.pool_id,
        "WORKER_GROUP": names.WORKER_GROUP,
        "ALARM_PREFIX": f"{names.PREFIX}-",
        "PORTAL_URL": url,
        "ENVIRONMENT_NAME": "local",
        VARIABLE: read_budget(),
        # The portal is open to this machine only, and the passwords of its accounts are public.
        "SECOND_FACTOR_REQUIRED": os.environ.get("SECOND_FACTOR_REQUIRED", "false"),
        "OIDC_CLIENT_ID": client.client_id,
        "COGNITO_DOMAIN_URL": clients.endpoint,
        # ministack serves the keys at its own address, not at the issuer's.
        "COGNITO_JWKS_URL": f"{clients.endpoint}/{account.users.pool_id}/.well-known/jwks.json",
    }
    create_portal_tables(clients)
    return build_environment(
        **settings,
        DJANGO_SETTINGS_MODULE="portal.settings",
        AWS_ENDPOINT_URL=clients.endpoint,
        AWS_ACCESS_KEY_ID=key.access_key_id,
        AWS_SECRET_ACCESS_KEY=key.secret_access_key,
        OIDC_CLIENT_SECRET=client.client_secret,
        DJANGO_SECRET_KEY=_read_secret(layout, "portal.key"),
        SECOND_FACTOR_KEY=_read_secret(layout, "second-factor.key"),
    )


def _read_secret(layout: Layout, name: str) -> str:
    """The same secret at every start, so that sessions and second factors stay valid."""
    path = layout.data / name
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Any) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/login/", timeout=5).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    end = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    raise LocalError(
        f"The portal did not start. The end of {log}:\n{end}", "Start again with: make run"
    )


class _Handler(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """Logs no requests. Django logs errors."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, listener: socket.socket, application: Any) -> None:
        host, port = listener.getsockname()
        super().__init__((host, port), _Handler, bind_and_activate=False)
        self.socket.close()
        self.socket, self.server_name, self.server_port = listener, host, port
        self.setup_environ()
        self.set_app(application)


def main() -> int:
    # Only this process has the portal's settings, and Django must be set up before the imports.
    django.setup()
    from django.contrib.staticfiles.handlers import StaticFilesHandler

    from portal.actions.runs import tick
    from portal.wsgi import application

    def stop(number: int, frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    listener = socket.socket(fileno=int(sys.argv[1]))
    # It serves static files too, which come from S3 on AWS.
    handler = StaticFilesHandler(application)
    # On AWS a schedule calls `tick`.
    with _Server(listener, handler) as server, repeat("Background runs", tick, TICK_SECONDS):
        server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main())
