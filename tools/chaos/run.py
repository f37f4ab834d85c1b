"""Runs one fault: load, fault, recovery, counts."""

import json
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event

from infra.local.errors import LocalError
from pipeline.core.options import Engine
from tools.chaos.faults import Fault
from tools.chaos.ledger import Labels, Ledger, Record, Verdict, read_records
from tools.chaos.live.hints import HintCount, watching_hints
from tools.chaos.load import Accepted, Load
from tools.chaos.plan import Folder
from tools.chaos.system import WORKERS, System, wait_for_workers
from tools.chaos.webhooks.calls import CallCount, watching_calls

CALM_SECONDS = 2
"""Seconds of load before and after the fault."""

LIMIT_SECONDS = 150
"""A task that is not final this long after the fault counts as lost."""

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class Row:
    """The results of one fault."""

    fault: str
    verdict: Verdict
    refused: int
    """Pictures whose client gave up. They were never accepted."""
    struck: int
    dead_letters: int
    recovery_seconds: float
    hints: HintCount | None = None
    """What the users heard, if the fault strikes that."""
    calls: CallCount | None = None
    """What the receivers of webhooks were told, if the fault strikes that."""

    @property
    def is_good(self) -> bool:
        """Whether nothing was lost or wrong, and the fault did happen."""
        is_told = all(it is None or it.is_good for it in (self.hints, self.calls))
        return not self.verdict.lost and not self.verdict.wrong and bool(self.struck) and is_told


def run_fault(
    system: System,
    load: Load,
    references: Mapping[str, Sequence[Labels]],
    fault: Fault,
    tasks: int,
) -> Row:
    """Inject one fault under load. Count until all tasks are final and the queue is empty."""
    wait_for_workers(system, len(WORKERS))
    if fault.counts_hints:
        with watching_hints(system) as watch:
            row = _run(system, load, references, fault, tasks)
            return replace(row, hints=watch.count(task.task_id for task in load.accepted))
    if fault.counts_calls:
        with watching_calls(system) as receivers:
            row = _run(system, load, references, fault, tasks)
            return replace(row, calls=receivers.count(_read_statuses(system, load)))
    return _run(system, load, references, fault, tasks)


def _run(
    system: System,
    load: Load,
    references: Mapping[str, Sequence[Labels]],
    fault: Fault,
    tasks: int,
) -> Row:
    folder, ledger, stop = Folder(system.folder), Ledger(references), Event()
    folder.read_new()
    dead_before = system.count_messages()[1]
    with ThreadPoolExecutor(1 + len(fault.strikes)) as pool:
        pictures = load.build_pictures(tasks)
        seconds = fault.seconds + 2 * CALM_SECONDS
        sending = pool.submit(load.run, pictures, seconds, Event(), fault.engine)
        time.sleep(CALM_SECONDS)
        folder.begin(fault.plan, fault.seconds)
        striking = [pool.submit(strike, system, stop) for strike in fault.strikes]
        time.sleep(fault.seconds)
        folder.end()
        stop.set()
        outside = sum(future.result() for future in striking)
        ended_at = time.monotonic()
        recovered_at = _wait_until_final(system, load, ledger, ended_at)
        sending.result()
    _wait_until_final(system, load, ledger, time.monotonic())
    _wait_until_empty(system)
    struck, finals = folder.read_new()
    accepted = load.accepted
    return Row(
        fault=fault.name,
        verdict=ledger.judge(read_records(system.clients, accepted), accepted, finals),
        refused=len(pictures) - len(accepted),
        struck=outside + sum(struck.values()),
        dead_letters=system.count_messages()[1] - dead_before,
        recovery_seconds=round(recovered_at - ended_at, 1),
    )


def _read_statuses(system: System, load: Load) -> dict[str, str]:
    records = read_records(system.clients, load.accepted)
    return {task_id: str(record["status"]) for task_id, record in records.items()}


def learn_labels(
    system: System, load: Load, photos: int, engine: Engine = Engine.SPOTTER
) -> dict[str, Labels]:
    """The labels of each photo without a fault.

    Raises:
        LocalError: A photo has no result.
    """
    load.run(load.build_pictures(photos), photos * 0.5, Event(), engine)
    ledger = Ledger({})
    _wait_until_final(system, load, ledger, time.monotonic())
    return collect_labels(load.accepted, read_records(system.clients, load.accepted), photos)


def collect_labels(
    accepted: Sequence[Accepted], records: Mapping[str, Record], photos: int
) -> dict[str, Labels]:
    """Map each photo to the labels of its task.

    Args:
        accepted: The tasks, one for each photo.
        records: The stored records, by id.
        photos: How many photos there are.

    Raises:
        LocalError: A photo has no result, so there is nothing to compare later results with.
    """
    labels = {
        task.picture.photo: json.loads(record["labels"])
        for task in accepted
        if (record := records.get(task.task_id, {})).get("status") == "succeeded"
    }
    if len(labels) < photos:
        raise LocalError(
            f"Only {len(labels)} of {photos} photos have a result although nothing is broken yet.",
            "Stop other programs and try again. The logs of the workers say more.",
        )
    return labels


def _wait_until_final(system: System, load: Load, ledger: Ledger, ended_at: float) -> float:
    """Wait for all tasks accepted before `ended_at`, at most `LIMIT_SECONDS`.

    Returns:
        The time by time.monotonic when the last of them was final.
    """
    clients = system.clients
    while True:
        now = time.monotonic()
        before = [task for task in load.accepted if task.at <= ended_at]
        if (
            not ledger.observe(read_records(clients, before), before)
            or now > ended_at + LIMIT_SECONDS
        ):
            return now
        time.sleep(POLL_SECONDS)


def _wait_until_empty(system: System) -> None:
    """Wait until the queue is empty, because a remaining message could change a result."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while system.count_messages()[0] and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
