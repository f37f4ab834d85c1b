"""The program that starts and stops the worker of an instance."""

import importlib.util
import threading
from collections.abc import Iterator
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

FILE = Path(__file__).parents[2] / "infra/terraform/modules/workers/files/lifecycle.py"
spec = importlib.util.spec_from_file_location("lifecycle", FILE)
assert spec is not None
assert spec.loader is not None
lifecycle = importlib.util.module_from_spec(spec)
spec.loader.exec_module(lifecycle)

TOKEN = "secret"


class FakeInstanceMetadata(ThreadingHTTPServer):
    """Answers like the metadata service, version 2. Requires its token."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.values = {"instance-id": "i-1"}


class Handler(BaseHTTPRequestHandler):
    server: FakeInstanceMetadata

    def do_PUT(self) -> None:
        self._answer(TOKEN)

    def do_GET(self) -> None:
        assert self.headers["X-aws-ec2-metadata-token"] == TOKEN
        self._answer(self.server.values.get(self.path.removeprefix("/latest/meta-data/")))

    def _answer(self, text: str | None) -> None:
        self.send_response(HTTPStatus.NOT_FOUND if text is None else HTTPStatus.OK)
        self.end_headers()
        self.wfile.write((text or "").encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


class FakeWorker:
    def __init__(self) -> None:
        self.did: list[str] = []
        self.healthy = True

    def start(self) -> None:
        self.did.append("start")

    def stop(self) -> None:
        self.did.append("stop")

    def is_healthy(self) -> bool:
        return self.healthy


class FakeAutoScaling:
    def __init__(self) -> None:
        self.told: list[str] = []
        self.refuses = False

    def complete_lifecycle_action(self, **arguments: str) -> None:
        assert arguments["InstanceId"] == "i-1"
        assert arguments["AutoScalingGroupName"] == "workers"
        if self.refuses:
            raise ClientError({"Error": {"Code": "ValidationError"}}, "CompleteLifecycleAction")
        self.told.append(arguments["LifecycleHookName"])

    def set_instance_health(self, **arguments: str) -> None:
        self.told.append(arguments["HealthStatus"])


@pytest.fixture
def metadata() -> Iterator[FakeInstanceMetadata]:
    with FakeInstanceMetadata() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def worker() -> FakeWorker:
    return FakeWorker()


@pytest.fixture
def autoscaling() -> FakeAutoScaling:
    return FakeAutoScaling()


@pytest.fixture
def agent(metadata: FakeInstanceMetadata, worker: FakeWorker, autoscaling: FakeAutoScaling) -> Any:
    source = lifecycle.Metadata(f"http://127.0.0.1:{metadata.server_port}")
    return lifecycle.LifecycleAgent(source, worker, autoscaling, "workers")


def step(agent: Any, times: int = 1) -> None:
    for _ in range(times):
        agent.step()


def test_a_new_instance_is_in_service_when_its_worker_is_healthy(
    agent: Any, worker: FakeWorker, autoscaling: FakeAutoScaling
) -> None:
    worker.healthy = False
    step(agent, 2)
    told_early = list(autoscaling.told)

    worker.healthy = True
    step(agent, 2)

    assert worker.did == ["start"]
    assert told_early == []
    assert autoscaling.told == ["launch"]


def test_an_instance_ends_after_its_worker_has_stopped(
    agent: Any,
    metadata: FakeInstanceMetadata,
    worker: FakeWorker,
    autoscaling: FakeAutoScaling,
) -> None:
    step(agent, 2)

    metadata.values["autoscaling/target-lifecycle-state"] = "Terminated"
    step(agent, 2)

    assert worker.did == ["start", "stop"]
    assert autoscaling.told == ["launch", "terminate"]


def test_a_spot_notice_stops_the_worker(
    agent: Any, metadata: FakeInstanceMetadata, worker: FakeWorker
) -> None:
    step(agent)

    metadata.values["spot/instance-action"] = '{"action": "terminate"}'
    step(agent, 2)

    assert worker.did == ["start", "stop"]


def test_an_instance_of_the_warm_pool_does_not_start_its_worker(
    agent: Any,
    metadata: FakeInstanceMetadata,
    worker: FakeWorker,
    autoscaling: FakeAutoScaling,
) -> None:
    metadata.values["autoscaling/target-lifecycle-state"] = "Warmed:Stopped"

    step(agent, 2)

    assert "start" not in worker.did
    assert autoscaling.told == ["launch"]


def test_an_instance_that_goes_back_to_the_warm_pool_completes_its_termination(
    agent: Any,
    metadata: FakeInstanceMetadata,
    worker: FakeWorker,
    autoscaling: FakeAutoScaling,
) -> None:
    metadata.values["autoscaling/target-lifecycle-state"] = "InService"
    step(agent, 2)

    metadata.values["autoscaling/target-lifecycle-state"] = "Warmed:Stopped"
    step(agent, 2)

    assert worker.did == ["start", "stop"]
    assert autoscaling.told == ["launch", "terminate"]


def test_an_unhealthy_worker_is_restarted_and_then_its_instance_replaced(
    agent: Any, worker: FakeWorker, autoscaling: FakeAutoScaling
) -> None:
    worker.healthy = False

    step(agent, 4 * (lifecycle.UNHEALTHY_STEPS + 1) + 1)

    assert worker.did == ["start", "stop"] * lifecycle.RESTARTS + ["start"]
    assert autoscaling.told == ["Unhealthy"]


def test_a_missing_lifecycle_action_is_ignored(agent: Any, autoscaling: FakeAutoScaling) -> None:
    autoscaling.refuses = True

    step(agent, 3)

    assert autoscaling.told == []
