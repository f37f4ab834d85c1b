"""Background runs: an operation on everything that matches, in bounded steps.

No request and no function lives long enough for thousands of things. A run is a record; each
step works for a few seconds and notes how far it came. The run's own page takes the steps
while it is open, and a schedule takes them when it is not: `tick`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import QueryDict
from django.test import RequestFactory
from pynamodb.exceptions import UpdateError

from pipeline.core.dynamo import is_condition_failure
from portal.aws import AWS_ERRORS, describe_error
from portal.operators.items import RunItem
from portal.operators.models import Operator, RunState

if TYPE_CHECKING:
    from portal.remote.admin import RemoteAdmin
    from portal.remote.operations import Deed, Operation

ITEM_LIMIT = 10_000
"""The most things that one run touches; then it stops and says so."""

STEP_ITEMS = 25
STEP_SECONDS = 5.0
TICK_SECONDS = 20.0
LEASE = timedelta(seconds=60)


def start(model_admin: RemoteAdmin, operation: Operation, deed: Deed, query: str) -> RunItem:
    """Note what is to be done; nothing is done yet."""
    run = RunItem(
        state=RunState.RUNNING.value,
        operator=deed.operator.get_username(),
        operator_id=deed.operator.pk,
        model=model_admin.opts.label_lower,
        operation=operation.name,
        reason=deed.reason,
        filter_query=query,
    )
    run.save()
    return run


def cancel(run: RunItem) -> bool:
    """Stop a run before its next step; False if it is over already."""
    return _change(
        run, RunItem.state == RunState.RUNNING.value, RunItem.state.set(RunState.CANCELLED.value)
    )


def advance(run: RunItem, seconds: float = STEP_SECONDS) -> None:
    """Work on a run for about `seconds`, unless somebody else does or it is over."""
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
    except AWS_ERRORS as error:
        # The next step tries again: what was done is done, the cursor is where it was.
        run.update(actions=[RunItem.last_problem.set(describe_error(error))])
    run.update(actions=[RunItem.leased_until.remove()])


def tick(event: Any = None, context: Any = None) -> None:
    """Go on with the runs whose page nobody has open: called by a schedule."""
    deadline = time.monotonic() + TICK_SECONDS
    for run in RunItem.by_state.query(RunState.RUNNING.value, limit=20):
        if time.monotonic() < deadline:
            advance(run)


def _step(run: RunItem) -> bool:
    """One page of things; True if there may be more to do."""
    run.refresh(consistent_read=True)
    if run.state != RunState.RUNNING.value:
        return False
    operator = Operator.objects.filter(pk=run.operator_id).first()
    model_admin, operation = _find_operation(run)
    if operator is None or not operator.has_perm(operation.permission):
        return _finish(run, RunState.STOPPED, "The operator lost the right to do this.")
    if run.done_count + run.skipped_count + run.failed_count >= ITEM_LIMIT:
        return _finish(run, RunState.STOPPED, f"Stopped after {ITEM_LIMIT:,}: start another run.")
    deed = _build_deed(run, operator)
    if operation.always_runs:
        keys = QueryDict(run.filter_query).getlist("id")
        target = f"{run.model}/{keys[0]}"
        return True if not operation.advance(run, deed, target) else _finish(run, RunState.DONE)
    return _step_through_list(run, model_admin, operation, deed)


def _step_through_list(
    run: RunItem, model_admin: RemoteAdmin, operation: Operation, deed: Deed
) -> bool:
    # The changelist's own reading of the query: exactly what the operator saw is what is done.
    request = RequestFactory().get(f"/?{run.filter_query}")
    request.user = deed.operator
    queryset: Any = model_admin.get_changelist_instance(request).queryset
    page = queryset.page(STEP_ITEMS, after=run.cursor)
    outcome = operation.perform(deed, page.rows)
    problems = [*outcome.failed, *outcome.skipped]
    run.update(
        actions=[
            RunItem.done_count.add(len(outcome.done)),
            RunItem.skipped_count.add(len(outcome.skipped)),
            RunItem.failed_count.add(len(outcome.failed)),
            RunItem.cursor.set(page.next_cursor or ""),
            RunItem.last_problem.set(problems[0] if problems else run.last_problem),
            RunItem.updated_at.set(datetime.now(UTC)),
            RunItem.leased_until.set(datetime.now(UTC) + LEASE),
        ]
    )
    return True if page.next_cursor else _finish(run, RunState.DONE)


def _finish(run: RunItem, state: RunState, problem: str = "") -> bool:
    actions = [RunItem.state.set(state.value), RunItem.updated_at.set(datetime.now(UTC))]
    if problem:
        actions.append(RunItem.last_problem.set(problem))
    _change(run, RunItem.state == RunState.RUNNING.value, *actions)
    return False


def _find_operation(run: RunItem) -> tuple[RemoteAdmin, Operation]:
    model_admin: Any = next(
        found
        for model, found in admin.site._registry.items()
        if model._meta.label_lower == run.model
    )
    return model_admin, next(o for o in model_admin.operations if o.name == run.operation)


def _build_deed(run: RunItem, operator: Operator) -> Deed:
    from portal.remote.operations import Deed

    return Deed(operator, {"reason": run.reason})


def _change(run: RunItem, condition: Any, *actions: Any) -> bool:
    try:
        run.update(actions=list(actions), condition=condition)
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
        return False
    return True
