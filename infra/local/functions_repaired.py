"""Repairs of how ministack 1.5.33 runs functions.

ministack's own Python imports this file, so it imports nothing of ours. `repair` puts all of it in
place.
"""

from threading import current_thread
from typing import Any

from few_processes import FOR_EVER, Patience  # type: ignore[import-not-found] # Beside this file
from function_copies import take_over  # type: ignore[import-not-found] # Beside this file
from function_logs import drain, keep_reading  # type: ignore[import-not-found] # Beside this file

# Installed in an environment of its own
from ministack.core import lambda_runtime  # type: ignore[import-not-found]
from ministack.services import apigateway_v1, lambda_svc  # type: ignore[import-not-found]

GATEWAY = "ministack-apigw-"
"""How the names of ministack's threads begin that call a function for a request to an API."""

LONGEST_WAIT_SECONDS = 10.0
"""A request that has waited so long is refused: the caller should come back later. What comes from
a queue, a stream or S3 waits longer, as on AWS."""

acquire_worker = lambda_runtime.acquire_worker
release_worker = lambda_runtime.release_worker
find_key = lambda_runtime._worker_key
invoke_for_api = apigateway_v1._invoke_lambda_proxy_v1
read_answer = apigateway_v1._lambda_proxy_response

patience = Patience()


class RefusedError(Exception):
    """Lambda has no room for the call."""


def repair() -> None:
    """Replace ministack's own functions."""
    take_over(lambda_runtime)
    lambda_runtime._lock = patience.lock  # Of all processes. A thread may take this one twice
    lambda_svc.acquire_worker = acquire_patiently
    lambda_svc.release_worker = release_and_tell
    lambda_runtime.Worker._read_stderr = keep_reading
    lambda_runtime.Worker._drain_stderr_bounded = drain
    apigateway_v1._lambda_proxy_response = read_answer_if_any
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_or_refuse


def acquire_patiently(
    name: str, config: Any, code: bytes, qualifier: str = "$LATEST", **limits: Any
) -> Any:
    """Lease a process of a function, and wait for one if there are enough."""
    key = find_key(name, config, qualifier)
    longest = LONGEST_WAIT_SECONDS if current_thread().name.startswith(GATEWAY) else FOR_EVER
    with patience.lock:
        if not patience.wait(key, lambda: lambda_runtime._workers.get(key, ()), longest):
            return None, "func_cap"
        return acquire_worker(name, config, code, qualifier=qualifier, **limits)


def release_and_tell(worker: Any) -> None:
    """Return a process and wake the call that has waited longest."""
    release_worker(worker)
    if worker is not None:
        version = worker.config.get("Version", "$LATEST")
        with patience.lock:
            patience.tell(find_key(worker.func_name, worker.config, version))


def read_answer_if_any(result: Any) -> Any:
    if result.get("throttle"):
        raise RefusedError
    return read_answer(result)


async def invoke_or_refuse(*call: Any, **options: Any) -> Any:
    """Answer as API Gateway does if Lambda refuses a call; ministack sends Lambda's own answer."""
    try:
        return await invoke_for_api(*call, **options)
    except RefusedError:
        return apigateway_v1._gw_error("DEFAULT_5XX", "Internal server error")
