"""Background runs: an operation on everything that matches, in bounded steps.

One request or one Lambda call is too short for thousands of things. A run is a record; each step
works for a few seconds and notes how far it came. The run's page takes the steps while it is
open. A schedule takes them when it is not: `tick`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from portal.access.models import Operator
from portal.actions import audit
from portal.actions.items import AuditItem, RunItem
from portal.actions.models import RunState
from portal.actions.operation import Invocation, Operation, describe_failure
from portal.aws import AWS_ERRORS
from portal.remote.attempts import attempt
from portal.remote.frozen import FrozenCondition, thaw
from portal.remote.queryset import RemoteQuerySet

logger = logging.getLogger(__name__)

RowT = TypeVar("RowT", bound=Model)

ITEM_LIMIT = 10_000
"""The most things that one run touches; then it stops and says so."""

STEP_ITEMS = 25
STEP_SECONDS = 5.0
TICK_SECONDS = 20.0
LEASE = timedelta(seconds=60)

PATIENCE = timedelta(minutes=15)
"""A run whose steps fail for longer because AWS does not answer is stopped."""


def start(
    model: type[Model],
    operation: Operation[RowT],
    invocation: Invocation,
    target: str,
    *,
    conditions: Sequence[FrozenCondition] = (),
    keys: Sequence[str] = (),
) -> RunItem:
    """Audit and store what is to be done. Nothing is done yet.

    Args:
        target: How the audit log names what is touched.
        conditions: What a thing must fulfil. Without any, the run touches everything.
        keys: The things themselves, for an operation that `always_runs`.
    """
    run = RunItem(
        state=RunState.RUNNING.value,
        operator=invocation.operator.get_username(),
        operator_id=invocation.operator.pk,
        model=model._meta.label_lower,
        operation=operation.name,
        reason=invocation.reason,
        conditions=list(conditions),
        keys=list(keys),
    )
    entry = audit.record(
        invocation.operator,
        operation.label,
        target,
        f"Run {run.run_id}",
        invocation.reason,
        whole_run=run.run_id,
    )
    run.audit_id = entry.audit_id
    run.save()
    return run


def cancel(run: RunItem) -> bool:
    """Stop a run before its next step; False if it is over already."""
    is_over = not _change(
        run, RunItem.state == RunState.RUNNING.value, RunItem.state.set(RunState.CANCELLED.value)
    )
    if not is_over:
        tell_outcome(run, RunState.CANCELLED)
    return not is_over


def pause(run: RunItem, time: timedelta) -> None:
    """Let a run wait. The first `tick` after this time continues it."""
    now = datetime.now(UTC)
    _change(
        run,
        RunItem.state == RunState.RUNNING.value,
        RunItem.state.set(RunState.WAITING.value),
        RunItem.resumes_at.set(now + time),
        RunItem.updated_at.set(now),
    )


def advance(run: RunItem, seconds: float = STEP_SECONDS) -> None:
    """Work on a run for about `seconds`, unless another process does or it is over."""
    now = datetime.now(UTC)
    is_free = RunItem.leased_until.does_not_exist() | (RunItem.leased_until < now)
    if not _change(
        run,
        (RunItem.state == RunState.RUNNING.value) & is_free,
        RunItem.leased_until.set(now + LEASE),
    ):
        return
    deadline = time.monotonic() + seconds
    try:
        while _step(run) and time.monotonic() < deadline:
            pass
    except Exception as error:
        _note_failure(run, error)
    run.update(actions=[RunItem.leased_until.remove()])


def tick(event: object = None, context: object = None) -> None:
    """Continue the runs whose page is not open. A schedule calls it each minute."""
    deadline = time.monotonic() + TICK_SECONDS
    # The oldest first, and all wait equally long.
    for run in RunItem.by_state.query(RunState.WAITING.value, limit=20):
        _resume(run)
    for run in RunItem.by_state.query(RunState.RUNNING.value, limit=20):
        if time.monotonic() < deadline:
            advance(run)


def _resume(run: RunItem) -> None:
    _change(
        run,
        (RunItem.state == RunState.WAITING.value) & (RunItem.resumes_at < datetime.now(UTC)),
        RunItem.state.set(RunState.RUNNING.value),
    )


def _note_failure(run: RunItem, error: Exception) -> None:
    """Try again later if AWS failed; stop if the portal did, or AWS for too long.

    What was done stays done, and the cursor is where it was.
    """
    problem = describe_failure(error)
    now = datetime.now(UTC)
    failing_since = run.failing_since or now
    if isinstance(error, AWS_ERRORS) and now - failing_since < PATIENCE:
        run.update(
            actions=[
                RunItem.last_problem.set(f"Trying again: {problem}"),
                RunItem.failing_since.set(failing_since),
            ]
        )
    else:
        _finish(run, RunState.STOPPED, f"Stopped: {problem}")


def _step(run: RunItem) -> bool:
    """One page of things; True if there may be more to do."""
    run.refresh(consistent_read=True)
    if run.state != RunState.RUNNING.value:
        return False
    operator = Operator.objects.filter(pk=run.operator_id).first()
    model, operation = _find_operation(run)
    if operator is None or not operator.has_perm(operation.permission):
        return _finish(run, RunState.STOPPED, "The operator lost the right to do this.")
    if run.done_count + run.skipped_count + run.failed_count >= ITEM_LIMIT:
        return _finish(run, RunState.STOPPED, f"Stopped after {ITEM_LIMIT:,}: start another run.")
    invocation = Invocation(operator, {"reason": run.reason}, run.run_id)
    if operation.always_runs:
        is_over = operation.advance(run, invocation, f"{run.model}/{run.keys[0]}")
        return _finish(run, RunState.DONE) if is_over else True
    if run.conditions is None:
        return _finish(run, RunState.STOPPED, "An older version of the portal started this run.")
    return _step_through_list(run, thaw(model, run.conditions), operation, invocation)


def _step_through_list(
    run: RunItem,
    queryset: RemoteQuerySet[Any],
    operation: Operation[Any],
    invocation: Invocation,
) -> bool:
    page = queryset.page(STEP_ITEMS, after=run.cursor)
    outcome = operation.perform(invocation, page.rows)
    problems = [*outcome.failed, *outcome.skipped]
    run.update(
        actions=[
            RunItem.done_count.add(len(outcome.done)),
            RunItem.skipped_count.add(len(outcome.skipped)),
            RunItem.failed_count.add(len(outcome.failed)),
            RunItem.cursor.set(page.next_cursor or ""),
            RunItem.last_problem.set(next(iter(problems), page.warning) or run.last_problem),
            RunItem.failing_since.remove(),
            RunItem.updated_at.set(datetime.now(UTC)),
            RunItem.leased_until.set(datetime.now(UTC) + LEASE),
        ]
    )
    return True if page.next_cursor else _finish(run, RunState.DONE)


def _finish(run: RunItem, state: RunState, problem: str = "") -> bool:
    actions: list[Action] = [
        RunItem.state.set(state.value),
        RunItem.updated_at.set(datetime.now(UTC)),
    ]
    if problem:
        actions.append(RunItem.last_problem.set(problem))
    if _change(run, RunItem.state == RunState.RUNNING.value, *actions):
        tell_outcome(run, state)
    return False


def tell_outcome(run: RunItem, state: RunState) -> None:
    """Say in the audit log what became of a whole run."""
    if run.audit_id is None:
        return
    run.refresh(consistent_read=True)
    counts = (
        f"{int(run.done_count):,} done, {int(run.skipped_count):,} skipped, "
        f"{int(run.failed_count):,} failed"
    )
    entry, detail = AuditItem(run.audit_id), f"Run {run.run_id}: {state.value}, {counts}"
    # The run is over also if the log does not answer; the run's own page has the numbers.
    told = attempt(lambda: audit.complete(entry, detail))
    if told.error:
        logger.warning("The audit log lacks the outcome of run %s: %s", run.run_id, told.error)


def _find_operation(run: RunItem) -> tuple[type[Model], Operation[Any]]:
    """The operation that a run names, from the pages that offer it.

    Raises:
        LookupError: No page offers it any more.
    """
    for model, model_admin in admin.site._registry.items():
        if model._meta.label_lower == run.model:
            for operation in getattr(model_admin, "operations", ()):
                if operation.name == run.operation:
                    return model, operation
    raise LookupError(f"There is no operation {run.operation} on {run.model}")


def _change(run: RunItem, condition: Condition, *actions: Action) -> bool:
    try:
        run.update(actions=list(actions), condition=condition)
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
        return False
    return True
