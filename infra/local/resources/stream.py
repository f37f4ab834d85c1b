"""The stream of the table of tasks, and the functions that read it."""

from __future__ import annotations

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.functions import read_source
from infra.local.resources.queues import create_queue
from infra.local.resources.tables import find_stream
from pipeline.core.live.announcements import ANNOUNCE
from pipeline.core.search.following import INDEX_WORDS
from pipeline.core.tasks.stream import Reading

READERS = {"announce": ANNOUNCE, "index_words": INDEX_WORDS}


def read_stream(clients: Clients) -> None:
    """Let the functions read the stream."""
    for function, reading in READERS.items():
        _read(clients, function, reading)


def build_failures_name(reading: Reading) -> str:
    """The queue of the records that a function could not handle."""
    return f"{names.PREFIX}-{reading.failures}"


def _read(clients: Clients, function: str, reading: Reading) -> None:
    failures = create_queue(clients, build_failures_name(reading), {})
    read_source(
        clients,
        function,
        find_stream(clients, names.TASKS_TABLE) or "",
        StartingPosition=reading.starting_position,
        BatchSize=reading.batch_size,
        FilterCriteria={"Filters": [{"Pattern": pattern} for pattern in reading.filters]},
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=reading.max_retries,
        MaximumRecordAgeInSeconds=reading.max_age_seconds,
        DestinationConfig={"OnFailure": {"Destination": failures.arn}},
    )
