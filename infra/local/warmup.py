"""Invokes each function once, so that no user waits for its process to start."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx

from infra.local.clients import Clients
from infra.local.demo.client import sign_in
from infra.local.resources.functions import warm_events
from infra.local.state import State


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
        pool.submit(warm_events, clients).result()
        for answer in answers:
            answer.result()
