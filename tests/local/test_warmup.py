"""A busy machine starts the local system slowly, but it starts it."""

import socket
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from infra.local.warmup import finish


def test_a_function_that_does_not_answer_in_time_does_not_stop_the_start(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, ThreadPoolExecutor(1) as pool:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"

        finish(pool.submit(httpx.get, url, timeout=0.1))

    assert "its first user may have to wait" in caplog.text


def test_a_fault_of_ours_stops_the_start() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        finish(pool.submit(lambda: 1 / 0))
