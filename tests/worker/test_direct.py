"""libcurl signs as botocore does. Anything but a complete answer counts as none."""

import hashlib
import shutil
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import get_cert_path

from pipeline.core import clients
from pipeline.worker import direct
from pipeline.worker.direct import Direct

KEY_ID, SECRET, TOKEN = "AKIDEXAMPLE", "a/secret+key", "a//token=="
PATH = "/images/me/1"


class Service(ThreadingHTTPServer):
    """A service of AWS. It records its requests and gives the answer that the test has set."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status, self.body, self.length = 200, b"picture", 7
        self.connections = 0
        self.released = Event()
        self.released.set()
        self.requests: list[tuple[str, dict[str, str], bytes]] = []

    def handle_error(self, *_: Any) -> None: ...  # Clients that close before the answer

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

    do_GET = do_POST = do_PUT = _answer  # noqa: N815 # http.server requires these names

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


def test_a_put_is_signed_as_botocore_signs(service: Service, s3: Direct) -> None:
    headers = ("Content-Type: image/jpeg", "x-amz-server-side-encryption: AES256")

    s3.send(service.url, headers, b"new", method="PUT")

    [(method, received, body)] = service.requests
    assert (method, body) == ("PUT", b"new")
    assert received["x-amz-server-side-encryption"] == "AES256"
    assert received["authorization"] == sign("s3", "PUT", service.url, received, body)


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
    """The header that botocore would have written at the same moment."""
    names = received["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "x-amz-security-token"} <= set(names)
    request = AWSRequest(
        method, url, headers={name: received[name] for name in names}, data=body or b""
    )
    request.context["timestamp"] = received["x-amz-date"]
    if service_name == "s3":
        assert received["x-amz-content-sha256"] == hashlib.sha256(body or b"").hexdigest()
    signer = {"s3": S3SigV4Auth, "dynamodb": SigV4Auth}[service_name]
    auth = signer(Credentials(KEY_ID, SECRET, TOKEN), service_name, "eu-central-1")
    canonical = auth.canonical_request(request)
    signature = auth.signature(auth.string_to_sign(request, canonical), request)
    return (
        f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, "
        f"SignedHeaders={';'.join(names)}, Signature={signature}"
    )


def test_the_path_of_the_certificates_may_have_an_umlaut(
    service: Service, s3: Direct, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "Spötter"
    folder.mkdir()
    original = get_cert_path(verify=True)
    assert original
    authorities = shutil.copy(original, folder)
    monkeypatch.setattr(direct, "get_cert_path", lambda verify: authorities)

    assert s3.send(service.url) == b"picture"


@pytest.mark.parametrize("status", [301, 400, 403, 404, 500, 503])
def test_a_response_with_an_error_status_is_no_answer(
    status: int, service: Service, s3: Direct
) -> None:
    service.status = status

    assert s3.send(service.url) is None


def test_an_incomplete_response_is_no_answer(service: Service, s3: Direct) -> None:
    service.length = 100

    assert s3.send(service.url) is None


def test_a_response_that_stalls_is_no_answer(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    impatient = open_direct("s3", monkeypatch, read_timeout=1)
    service.released.clear()

    assert impatient.send(service.url) is None
    service.released.set()


def test_a_refused_connection_is_no_answer(service: Service, s3: Direct) -> None:
    service.shutdown()
    service.server_close()

    assert s3.send(service.url) is None


def test_a_connection_serves_many_requests(service: Service, s3: Direct) -> None:
    assert [s3.send(service.url) for _ in range(3)] == [b"picture"] * 3
    assert service.connections == 1


def test_a_request_has_no_headers_of_the_request_before(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3 = open_direct("s3", monkeypatch)
    credentials = Credentials(KEY_ID, SECRET).get_frozen_credentials()  # No header for a token
    monkeypatch.setattr(direct, "get_credentials", lambda: credentials)

    s3.send(service.url, ("x-amz-server-side-encryption: AES256",), b"new", method="PUT")
    s3.send(service.url)

    first, second = (headers for _, headers, _ in service.requests)
    assert "x-amz-server-side-encryption" in first
    assert "x-amz-server-side-encryption" not in second


@pytest.mark.parametrize(
    ("name", "status", "warnings"),
    [("s3", 404, 0), ("s3", 400, 1), ("dynamodb", 400, 0), ("dynamodb", 404, 1), ("sqs", 400, 1)],
)
def test_an_unexpected_refusal_is_logged(
    name: str,
    status: int,
    warnings: int,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    service.status = status

    open_direct(name, monkeypatch).send(service.url)

    assert len(caplog.records) == warnings
