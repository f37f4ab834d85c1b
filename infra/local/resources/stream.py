"""The stream of the table of tasks, and the function that reads it."""

from __future__ import annotations

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.queues import create_queue
from infra.local.resources.tables import find_stream
from pipeline.core.live.announcements import ANNOUNCE, Reading


def announce_finished_tasks(clients: Clients) -> None:
    """Let `announce` read the stream."""
    feed(clients, "announce", ANNOUNCE, names.FAILED_ANNOUNCEMENTS)


def feed(clients: Clients, function: str, reading: Reading, failed: str) -> None:
    """Let a function read the stream.

    What an earlier start made is deleted first: ministack would make a second mapping.

    Args:
        failed: Queue for the places of records that the function could not handle.
    """
    functions = clients.functions
    name = names.build_function_name(function)
    for mapping in functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
    failures = create_queue(clients, failed, {})
    functions.create_event_source_mapping(
        EventSourceArn=find_stream(clients, names.TASKS_TABLE) or "",
        FunctionName=name,
        StartingPosition="LATEST",
        BatchSize=reading.batch_size,
        FilterCriteria={"Filters": [{"Pattern": reading.filter}]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=reading.max_retries,
        MaximumRecordAgeInSeconds=reading.max_age_seconds,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
