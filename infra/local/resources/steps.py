"""The queues of long work, and the functions that their messages start."""

from __future__ import annotations

import json

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.queues import Queue, create_queue
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
    return {
        f"{steps.queue.upper()}_QUEUE_URL": _create(clients, steps).url for steps in STEPS.values()
    }


def read_queues(clients: Clients) -> None:
    """Let the messages start their functions.

    What an earlier start made is deleted first: ministack would make a second mapping.
    """
    functions = clients.functions
    for function, steps in STEPS.items():
        name = names.build_function_name(function)
        found = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        for mapping in found:
            functions.delete_event_source_mapping(UUID=mapping["UUID"])
        functions.create_event_source_mapping(
            EventSourceArn=build_queue_arn(steps),
            FunctionName=name,
            BatchSize=1,
            ScalingConfig={"MaximumConcurrency": steps.max_concurrency},
        )


def _create(clients: Clients, steps: Steps) -> Queue:
    failed = create_queue(clients, f"{build_queue_name(steps)}-failed", {})
    redrive = {"deadLetterTargetArn": failed.arn, "maxReceiveCount": steps.max_receives}
    return create_queue(
        clients,
        build_queue_name(steps),
        {
            "VisibilityTimeout": str(steps.visibility_seconds),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
