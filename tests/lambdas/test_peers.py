"""The sweep of a region notices that another one does not answer."""

import http.server
import threading
from collections.abc import Iterator

import pytest

from pipeline.lambdas.peers import note_silent_peers
from tests.lambdas.events import get_metrics


class _Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/well" else 503)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def peer() -> Iterator[str]:
    with http.server.HTTPServer(("127.0.0.1", 0), _Health) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def note(urls: str, capsys: pytest.CaptureFixture[str]) -> dict[str, float]:
    note_silent_peers(urls)
    return get_metrics(capsys.readouterr().out)


def test_a_peer_that_answers_is_not_counted(peer: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert note(f"{peer}/well", capsys) == {}


def test_a_peer_that_is_unwell_or_away_is_counted(
    peer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert note(f"{peer}/ill,{peer}/well", capsys) == {"PeerDown": 1}
    assert note("http://127.0.0.1:1/away", capsys) == {"PeerDown": 1}


def test_one_region_has_no_peers(capsys: pytest.CaptureFixture[str]) -> None:
    assert note("", capsys) == {}
