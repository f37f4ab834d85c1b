"""libcurl asks AWS as botocore would, and botocore asks where that did not help."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials

from pipeline.core import clients
from pipeline.core.errors import ImageMissingError, TaskFinishedError
from pipeline.core.queue import TaskMessage
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.worker import direct
from pipeline.worker.direct import Direct, DirectImageStore, DirectTaskQueue, update_directly
from tests.environment import settings
from tests.examples import OWNER_ID, build_result, succeed

KEY_ID, SECRET, TOKEN = "AKIDEXAMPLE", "a/secret+key", "a//token=="
PATH = "/images/me/1"


class Service(ThreadingHTTPServer):
    """A service of AWS that keeps what it was asked and answers what it was told to."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body, self.length = 200, b"picture", 7
        self.connections = 0
        self.released = Event()
        self.released.set()
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    def handle_error(self, *_: Any) -> None: ...  # Of those that do not wait for an answer

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}{PATH}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Service

    def setup(self) -> None:
        super().setup()
        self.server.connections += 1

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append((self.command, headers, body))
        self.server.released.wait()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(self.server.length))
        self.end_headers()
        self.wfile.write(self.server.body)
        self.close_connection = self.server.length != len(self.server.body)

    do_GET = do_POST = _answer  # noqa: N815 # Their names in http.server

    def log_message(self, *_: Any) -> None: ...


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Direct:
    return open_direct("s3", monkeypatch)


def open_direct(service: str, monkeypatch: pytest.MonkeyPatch, **limits: Any) -> Direct:
    credentials = Credentials(KEY_ID, SECRET, TOKEN).get_frozen_credentials()
    monkeypatch.setattr(direct, "get_credentials", lambda: credentials)
    return Direct(clients.create_client(service, Config(region_name="eu-central-1", **limits)))


@pytest.mark.parametrize("service_name", ["s3", "dynamodb"])
def test_a_request_is_signed_as_botocore_signs(
    service_name: str, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = '{"TableName": "täsks"}'.encode() if service_name == "dynamodb" else None
    headers = ["Content-Type: application/x-amz-json-1.0"] if body else []

    answer = open_direct(service_name, monkeypatch).send(service.url, headers, body)

    assert answer == b"picture"
    [(method, received, received_body)] = service.requests
    assert received_body == (body or b"")
    assert method == ("POST" if body else "GET")
    assert received["x-amz-security-token"] == TOKEN
    assert received["authorization"] == sign(service_name, method, service.url, received, body)


def sign(
    service_name: str, method: str, url: str, received: dict[str, str], body: bytes | None
) -> str:
    """What botocore would have written into the header, at the same moment."""
    names = received["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-security-token"} <= set(names)
    request = AWSRequest(
        method, url, headers={name: received[name] for name in names}, data=body or b""
    )
    request.context["timestamp"] = received["x-amz-date"]
    if service_name == "s3":
        assert received["x-amz-content-sha256"] == hashlib.sha256(b"").hexdigest()
    signer = {"s3": S3SigV4Auth, "dynamodb": SigV4Auth}[service_name]
    auth = signer(Credentials(KEY_ID, SECRET, TOKEN), service_name, "eu-central-1")
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    return (
        f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )


@pytest.mark.parametrize("status", [301, 400, 403, 404, 500, 503])
def test_another_status_is_no_answer(status: int, service: Service, s3: Direct) -> None:
    service.status = status

    assert s3.send(service.url) is None


def test_half_an_answer_is_none(service: Service, s3: Direct) -> None:
    service.length = 100

    assert s3.send(service.url) is None


def test_an_answer_that_stands_still_is_none(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = open_direct("s3", monkeypatch, read_timeout=1)
    service.released.clear()

    assert impatient.send(service.url) is None
    service.released.set()


def test_nobody_there_is_no_answer(service: Service, s3: Direct) -> None:
    service.shutdown()
    service.server_close()

    assert s3.send(service.url) is None


def test_a_connection_serves_many_requests(service: Service, s3: Direct) -> None:
    assert [s3.send(service.url) for _ in range(3)] == [b"picture"] * 3
    assert service.connections == 1


@pytest.fixture
def near(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The in-memory AWS for what this process makes from here on."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)


@pytest.fixture
def by_libcurl(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The services that libcurl had an answer of."""
    services: list[str] = []
    send = Direct.send

    def count(self: Direct, *arguments: Any) -> bytes | None:
        answer = send(self, *arguments)
        services.extend([self.service] if answer is not None else [])
        return answer

    monkeypatch.setattr(Direct, "send", count)
    return services


def test_a_picture_is_read(near: None, by_libcurl: list[str], task: Task) -> None:
    assert DirectImageStore(settings.images_bucket).download(task.image_key) == b"picture"
    assert by_libcurl == ["s3"]


def test_a_missing_picture_says_so(near: None) -> None:
    with pytest.raises(ImageMissingError):
        DirectImageStore(settings.images_bucket).download("images/me/none")


def test_botocore_reads_what_libcurl_cannot(
    near: None, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Direct, "send", lambda *_: None)

    assert DirectImageStore(settings.images_bucket).download(task.image_key) == b"picture"


def test_messages_are_received_and_deleted(near: None, by_libcurl: list[str], task: Task) -> None:
    queue = DirectTaskQueue(settings.task_queue_url)
    queue.send("task-2", OWNER_ID)

    deliveries = queue.receive(max_messages=10)
    refused = queue.delete_all(deliveries)

    assert by_libcurl == ["sqs"] * 2
    assert {TaskMessage.model_validate_json(one.body).task_id for one in deliveries} == {
        task.task_id,
        "task-2",
    }
    assert [one.receive_count for one in deliveries] == [1, 1]
    assert refused == []
    assert queue.get_depth() == 0


def test_what_cannot_be_deleted_is_told(near: None, task: Task) -> None:
    queue = DirectTaskQueue(settings.task_queue_url)
    [delivery] = queue.receive()
    unknown = replace(delivery, receipt_handle="unknown")

    assert queue.delete_all([delivery, unknown]) == [unknown]


def test_botocore_receives_what_libcurl_cannot(
    near: None, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Direct, "send", lambda *_: None)

    assert len(DirectTaskQueue(settings.task_queue_url).receive()) == 1


@pytest.fixture
def _direct_updates(near: None, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Task._get_connection().connection
    monkeypatch.setattr(connection, "_client", None)  # It makes another, and has the old one back
    update_directly(Task)


@pytest.mark.usefixtures("_direct_updates")
def test_a_task_is_started_and_finished(by_libcurl: list[str], task: Task) -> None:
    by_libcurl.clear()  # Of what queued it

    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    transitions.succeed(started, build_result())

    assert by_libcurl == ["dynamodb"] * 2
    task.refresh()
    assert task.status == TaskStatus.SUCCEEDED
    assert task.get_labels() == build_result().labels


@pytest.mark.usefixtures("_direct_updates")
def test_a_condition_that_does_not_hold_is_known_by_its_error(task: Task) -> None:
    succeed(task.task_id)

    with pytest.raises(TaskFinishedError):
        transitions.start(task.task_id, worker="worker-2", receive_count=2)


@pytest.mark.usefixtures("_direct_updates")
def test_a_lost_answer_starts_no_task_twice(task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    send = Direct.send

    def lose(self: Direct, *arguments: Any) -> None:
        send(self, *arguments)

    monkeypatch.setattr(Direct, "send", lose)

    transitions.start(task.task_id, worker="worker-1", receive_count=1)

    task.refresh()
    assert task.worker == "worker-1"
