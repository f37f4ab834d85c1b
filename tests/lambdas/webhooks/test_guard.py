"""A call reaches the internet only, whatever a name resolves to, and ends in time."""

from __future__ import annotations

import gzip
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from infra.repository import REPOSITORY
from pipeline.core.webhooks.deliveries import ANSWER_BYTES, Attempt, Delivery
from pipeline.core.webhooks.record import build_secret
from pipeline.core.webhooks.settings import DeliverSettings
from pipeline.lambdas.delivering import guard
from pipeline.lambdas.delivering.guard import RefusedAddressError, choose_address
from pipeline.lambdas.delivering.post import post
from pipeline.lambdas.settings import ApiSettings
from tests.receivers import Receiver

PUBLIC = "93.184.216.34"


class Names:
    """Resolves every name to these addresses, one list after the other."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> None:
        self._answers = list(answers)
        self.asked: list[str] = []
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self.resolve)

    def resolve(self, host: str, port: int, *parts: Any, **named: Any) -> Any:
        self.asked.append(host)
        if host.replace(".", "").isdigit():
            return self._real(host, port, *parts, **named)
        addresses = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (it, port)) for it in addresses]


def send(url: str, *, allow_loopback: bool = True, seconds: float = 10) -> Attempt:
    delivery = Delivery("open#1", "1", url=url, body="{}")
    return post(delivery, [build_secret()], allow_loopback=allow_loopback, seconds=seconds)


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["10.1.2.3"],
        ["169.254.169.254"],
        ["::ffff:10.0.0.1"],
        ["fd00:ec2::254"],
        [PUBLIC, "192.168.0.1"],
    ],
)
def test_a_name_with_a_private_address_is_not_called(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Names(monkeypatch, addresses)

    attempt = send("https://hooks.example.com/", allow_loopback=False)

    assert attempt.status is None
    assert attempt.error is not None
    assert "private address" in attempt.error
    assert addresses[-1] not in attempt.error


def test_a_name_that_changes_its_address_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    names = Names(monkeypatch, [PUBLIC], ["127.0.0.1"])
    connected: list[Any] = []

    def refuse(address: Any, *parts: Any) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(guard, "create_connection", refuse)

    attempt = send("https://hooks.example.com/", allow_loopback=False)

    assert connected == [(PUBLIC, 443)]
    assert names.asked == ["hooks.example.com"]
    assert attempt.error == "The receiver refused the connection."


def test_the_local_system_may_call_this_machine_and_no_other_private_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Names(monkeypatch, ["10.0.0.1"])

    assert choose_address("127.0.0.1", 9000, allow_loopback=True) == "127.0.0.1"
    with pytest.raises(RefusedAddressError):
        choose_address("127.0.0.1", 9000)
    with pytest.raises(RefusedAddressError):
        choose_address("hooks.example.com", 443, allow_loopback=True)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.statuses["/hook"] = 307
    receiver.locations["/hook"] = f"{receiver.url}/metadata"

    attempt = send(f"{receiver.url}/hook")

    assert receiver.list_paths() == ["/hook"]
    assert (attempt.status, attempt.is_success) == (307, False)
    assert "Redirects are not followed" in attempt.reason


def test_little_is_read_of_a_long_answer(receiver: Receiver) -> None:
    receiver.statuses["/hook"] = 200
    receiver.answers["/hook"] = b"x" * 5_000_000

    attempt = send(f"{receiver.url}/hook")

    assert (attempt.status, len(attempt.answer)) == (200, ANSWER_BYTES)


def test_a_packed_answer_is_not_unpacked(receiver: Receiver) -> None:
    receiver.statuses["/hook"] = 200
    receiver.answers["/hook"] = gzip.compress(bytes(50_000_000))

    attempt = send(f"{receiver.url}/hook")

    assert attempt.status == 200
    assert len(attempt.answer) <= ANSWER_BYTES


def test_a_receiver_that_sends_a_byte_now_and_then_is_cut_off(receiver: Receiver) -> None:
    receiver.drips.add("/hook")

    attempt = send(f"{receiver.url}/hook", seconds=0.3)

    assert attempt.error == "The receiver did not answer within 0.3 s."


def test_a_slow_lookup_of_the_name_gives_no_more_time(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = Names(monkeypatch, ["127.0.0.1"])

    def wait_for_the_end_of_the_call(*parts: Any, **named: Any) -> Any:
        for timer in threading.enumerate():
            if isinstance(timer, threading.Timer):
                timer.join()
        return names.resolve(*parts, **named)

    monkeypatch.setattr(socket, "getaddrinfo", wait_for_the_end_of_the_call)

    attempt = send(f"{receiver.url}/hook", seconds=0.3)

    assert attempt.error is not None
    assert attempt.error.startswith("The receiver did not answer")
    assert receiver.list_paths() == []


def test_name_servers_that_never_answer_end_no_later_than_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    released = threading.Event()

    def resolve_never(*parts: Any, **named: Any) -> Any:
        released.wait()
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", resolve_never)

    attempt = send("https://hooks.example.com/", allow_loopback=False, seconds=0.2)

    released.set()
    assert attempt.status is None
    assert attempt.error is not None


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A server that answers one connection with these bytes; yields its address."""

    def serve() -> None:
        connection, _ = server.accept()
        with connection, suppress(ConnectionError), connection.makefile("rb") as request:
            while request.readline() != b"\r\n":
                pass
            request.read(len(b"{}"))
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        thread.join()


HEADERS = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\xff\xfe\x00\x01",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/9.9 200 OK\r\n\r\n",
        HEADERS + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
        HEADERS + b"X: y\r\n" * 200 + b"\r\n",
        HEADERS + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ],
)
def test_an_answer_that_is_no_http_is_a_failed_call(answer: bytes) -> None:
    with answering(answer) as url:
        attempt = send(url)

    assert not attempt.is_success
    assert attempt.error == "The connection broke off before the receiver answered."


@pytest.mark.parametrize(
    "rest",
    [
        b"Transfer-Encoding: chunked\r\n\r\nno number\r\n",
        b"Content-Length: 5000\r\n\r\nx",
        b"Content-Length: -1\r\n\r\nx",
        b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nx",
        b"broken header\r\n\r\nx",
    ],
)
def test_of_a_broken_answer_the_status_counts(
    rest: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with answering(HEADERS + rest) as url:
        attempt = send(url)

    assert attempt.is_success
    assert caplog.records == []


def test_nobody_listens() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]

        attempt = send(f"http://127.0.0.1:{port}/")

    assert attempt.error == "The receiver refused the connection."


def test_a_receiver_that_does_not_speak_tls(receiver: Receiver) -> None:
    attempt = send(receiver.url.replace("http:", "https:"))

    assert attempt.error == "The receiver has no valid certificate for its name."


def test_loopback_is_off_unless_somebody_turns_it_on() -> None:
    assert ApiSettings.model_fields["webhook_loopback"].default is False
    assert DeliverSettings.model_fields["webhook_loopback"].default is False


def test_nothing_but_the_local_system_turns_loopback_on() -> None:
    folders = ("infra", "pipeline", "portal")
    found = {
        str(path.relative_to(REPOSITORY))
        for folder in folders
        for path in (REPOSITORY / folder).rglob("*")
        if path.is_file() and _names_it(path)
    }

    assert found == {"infra/local/resources/account.py"}


def _names_it(path: Path) -> bool:
    return "__pycache__" not in path.parts and b"WEBHOOK_LOOPBACK" in path.read_bytes()
