"""Invokes each function once, so that no user waits for its process to start."""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
from botocore.exceptions import HTTPClientError

from infra.local.clients import Clients
from infra.local.demo.client import sign_in
from infra.local.resources.functions import warm_events
from infra.local.state import State

logger = logging.getLogger(__name__)


def warm_up(state: State, clients: Clients) -> None:
    """Send each function one request that changes nothing."""
    nothing = uuid4()
    requests = (
        ("POST", "/upload"),
        ("GET", "/results"),
        ("GET", f"/results/{nothing}"),
        ("DELETE", f"/results/{nothing}"),
        ("POST", f"/results/{nothing}/retry"),
        ("GET", "/account/defaults"),
        ("POST", "/live/tickets"),
        ("GET", "/streams"),
        ("PUT", f"/streams/{nothing}/frames?frame=0"),
    )
    token = sign_in(state, state.people[0])
    with (
        httpx.Client(headers={"Authorization": token}, timeout=60) as http,
        ThreadPoolExecutor(len(requests) + 1) as pool,
    ):
        answers = [
            pool.submit(http.request, method, state.api_url + path) for method, path in requests
        ]
        everything: list[Future[Any]] = [*answers, pool.submit(warm_events, clients)]
        for warming in everything:
            finish(warming)


def finish(warming: Future[Any]) -> None:
    """Wait for an answer. A function that does not answer in time only lets its first user wait."""
    error = warming.exception()
    if isinstance(error, httpx.TransportError | HTTPClientError):
        logger.warning("A function starts slowly, so its first user may have to wait: %s", error)
    elif error:
        raise error
