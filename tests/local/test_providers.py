"""The source of the provider, and the required version of Terraform."""

import json
import stat
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer

import pytest

from infra.local import browser, providers
from infra.local.providers import Source, choose_source, find_terraform


class Registry(BaseHTTPRequestHandler):
    """Answers as the Terraform registry does and counts the requests."""

    asked = 0

    def do_GET(self) -> None:
        Registry.asked += 1
        body = b'{"providers.v1": "/v1/providers/"}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Nothing."""


class Nonsense(StreamRequestHandler):
    """Answers as a broken proxy does: not in HTTP."""

    def handle(self) -> None:
        while self.rfile.readline().strip():
            pass
        self.wfile.write(b"nonsense\r\n\r\n")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(providers, "CACHE", tmp_path / "terraform")
    return tmp_path / "terraform"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    Registry.asked = 0
    with ThreadingHTTPServer(("127.0.0.1", 0), Registry) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setattr(providers, "DISCOVERY", f"http://127.0.0.1:{server.server_port}/")
        yield
        server.shutdown()


@pytest.fixture
def nonsense() -> Iterator[str]:
    """The address of a server that does not speak HTTP."""
    with ThreadingTCPServer(("127.0.0.1", 0), Nonsense) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


@pytest.fixture
def no_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(providers, "DISCOVERY", "http://127.0.0.1:1/")


@pytest.mark.usefixtures("registry")
def test_the_real_provider_is_used_where_the_registry_answers() -> None:
    assert choose_source() is Source.REGISTRY


@pytest.mark.usefixtures("no_registry")
def test_the_schema_is_used_where_the_registry_does_not_answer() -> None:
    assert choose_source() is Source.SCHEMA


def test_a_registry_that_does_not_speak_http_is_not_used(
    nonsense: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "DISCOVERY", nonsense)

    assert choose_source() is Source.SCHEMA


def test_a_browser_cannot_be_downloaded_where_the_answer_is_not_http(
    nonsense: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", nonsense)

    assert browser.Way.DOWNLOAD not in browser.find_ways()


@pytest.mark.usefixtures("registry")
def test_the_registry_is_asked_once() -> None:
    assert [choose_source(), choose_source()] == [Source.REGISTRY] * 2

    assert Registry.asked == 1


@pytest.mark.usefixtures("registry")
def test_an_old_answer_of_the_registry_is_not_used(cache: Path) -> None:
    cache.mkdir()
    old = {"source": "schema", "asked_at": time.time() - providers.ANSWER_SECONDS - 1}
    (cache / "source.json").write_text(json.dumps(old))

    assert choose_source() is Source.REGISTRY


@pytest.mark.usefixtures("registry")
@pytest.mark.parametrize("damaged", ["", "{}", "[]"])
def test_a_damaged_answer_is_replaced_by_a_new_one(cache: Path, damaged: str) -> None:
    cache.mkdir()
    (cache / "source.json").write_text(damaged)

    assert choose_source() is Source.REGISTRY


def test_the_limits_of_the_schema_are_printed() -> None:
    assert "Not checked: allowed values" in Source.SCHEMA.describe()
    assert "Not checked" not in Source.REGISTRY.describe()


@pytest.mark.parametrize(
    ("answer", "is_usable"),
    [
        ('{"terraform_version": "1.11.4"}', True),
        ('{"terraform_version": "1.12.0-beta1"}', True),
        ('{"terraform_version": "1.10.5"}', False),
        ("not json", None),
    ],
)
def test_an_old_terraform_is_refused(
    answer: str, is_usable: bool | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "terraform"
    program.write_text(f"#!/bin/sh\necho '{answer}'\n")
    program.chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")

    found = find_terraform()

    assert (found.is_usable if found else None) is is_usable
