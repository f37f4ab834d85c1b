"""Every test of the client has a fresh AWS in memory, and the functions of the API."""

import pytest

from pipeline.core import controls
from pipeline.lambdas import queue_view, refusals
from spotter_client import Retries, Spotter, TokenAuth
from tests.clients.service import API, FunctionTransport


@pytest.fixture
def transport(aws: None, monkeypatch: pytest.MonkeyPatch) -> FunctionTransport:
    monkeypatch.setattr(controls, "REFRESH_SECONDS", 0)
    monkeypatch.setattr(controls, "_known", None)
    monkeypatch.setattr(queue_view, "_last", None)
    refusals._windows.clear()
    return FunctionTransport()


@pytest.fixture
def spotter(transport: FunctionTransport) -> Spotter:
    return Spotter(API, TokenAuth("token"), retries=Retries(count=0), transport=transport)
