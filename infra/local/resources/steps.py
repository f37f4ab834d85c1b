"""The queues of long work, and the functions that their messages start."""

from __future__ import annotations

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.functions import read_source
from infra.local.resources.queues import create_queue_pair
from pipeline.core.steps import STEPS, Steps


def build_queue_name(steps: Steps) -> str:
    return f"{names.PREFIX}-{steps.queue}"


def build_queue_arn(steps: Steps) -> str:
    return f"arn:aws:sqs:{names.REGION}:{names.ACCOUNT_ID}:{build_queue_name(steps)}"


def create_step_queues(clients: Clients) -> dict[str, str]:
    """Create each queue with its queue of failures.

    Returns:
        The variables of functions that name their addresses.
    """
    return {f"{steps.queue.upper()}_QUEUE_URL": _create(clients, steps) for steps in STEPS.values()}


def read_queues(clients: Clients) -> None:
    """Let the messages start their functions."""
    for function, steps in STEPS.items():
        read_source(
            clients,
            function,
            build_queue_arn(steps),
            BatchSize=1,
            ScalingConfig={"MaximumConcurrency": steps.max_concurrency},
        )


def _create(clients: Clients, steps: Steps) -> str:
    name = build_queue_name(steps)
    queue, _ = create_queue_pair(
        clients,
        name,
        f"{name}-failed",
        max_receives=steps.max_receives,
        visibility_seconds=steps.visibility_seconds,
    )
    return queue.url
