"""Erase a user on request: pictures, tasks and account, with a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from pipeline.core import controls, quotas
from pipeline.core.defaults import forget_defaults
from pipeline.core.live.ending import end_live
from pipeline.core.sharing import forget_sharing
from pipeline.core.storage import build_prefixes
from pipeline.core.tasks import flow, refusals
from pipeline.core.tasks.lockouts import lock_out
from pipeline.core.tasks.record import Task
from portal import aws
from portal.access.items import OperatorItem
from portal.actions import audit, runs
from portal.actions.forms import Data, TypedForm
from portal.actions.items import RunItem
from portal.actions.operation import Invocation
from portal.environment import env
from portal.users.models import User
from portal.users.operations import UserOperation, end_portal_sessions

BATCH = 25

SECOND_LOOK_AFTER = timedelta(minutes=75)
"""Time after which no token of the user and no upload form is valid."""


class EraseUser(UserOperation):
    name = "erase"
    label = "Erase all data"
    icon = "person_remove"
    done = "Erased"
    permission = "users.erase_user"
    explanation = (
        "The account is disabled, and its cameras and open pages are cut off at once; then all "
        "pictures, all tasks and the account are deleted for good. After 75 minutes, when no token "
        "and no upload form of the user is valid any more, a second look deletes what has come in "
        "since. The audit log keeps the receipt: who was erased, what was deleted, when and why."
    )
    is_destructive = True
    takes_many = False
    always_runs = True

    def get_form(self, rows: Sequence[User], data: Data = None) -> TypedForm:
        return TypedForm(data, label="E-mail of the user", expected=str(rows[0]))

    def find_obstacle(self, row: User) -> str:
        return ""

    def advance(self, run: RunItem, invocation: Invocation, target: str) -> bool:
        """Disable first: what comes in while it is erased would be left behind."""
        if run.result is None:
            user = User.objects.filter(pk=target.partition("/")[2]).first()
            if user is None:
                return True
            self._begin(run, user)
        receipt = run.result
        tasks, pictures = _delete_batch(receipt["owner_id"])
        receipt = _note(
            run, tasks=receipt["tasks"] + tasks, pictures=receipt["pictures"] + pictures
        )
        if tasks or pictures:
            return False
        if "account_deleted_at" in receipt:
            return _finish(run, invocation, target, self.label)
        self._delete_account(run, receipt)
        # A request that was under way when the account was disabled may have stored something.
        runs.pause(run, SECOND_LOOK_AFTER)
        return False

    def _begin(self, run: RunItem, user: User) -> None:
        lock_out(user.sub)
        end_live(user.sub, aws.push())
        self.call(aws.cognito().admin_disable_user, user)
        self.call(aws.cognito().admin_user_global_sign_out, user)
        end_portal_sessions(user.sub)
        run.result = {}
        _note(
            run,
            person=str(user),
            account=user.pk,
            owner_id=user.sub,
            begun_at=_now(),
            tasks=0,
            pictures=0,
        )

    def _delete_account(self, run: RunItem, receipt: dict[str, Any]) -> None:
        with suppress(aws.cognito().exceptions.UserNotFoundException):
            aws.cognito().admin_delete_user(
                UserPoolId=env.user_pool_id, Username=receipt["account"]
            )
        OperatorItem(receipt["owner_id"]).delete()
        _note(run, account_deleted_at=_now())


def _finish(run: RunItem, invocation: Invocation, target: str, label: str) -> bool:
    receipt = _note(run, looked_again_at=_now())
    # A ticket that was given out before the lockout may have opened a socket.
    end_live(receipt["owner_id"], aws.push())
    _forget(receipt["owner_id"])
    detail = (
        f"Erased {receipt['tasks']} tasks, {receipt['pictures']} pictures and the account of "
        f"{receipt['person']}"
    )
    audit.record(invocation.operator, label, target, detail, invocation.reason, receipt=receipt)
    return True


def _forget(owner_id: str) -> None:
    """Delete what is stored about the user beside tasks. The lockout expires by itself."""
    quotas.end(owner_id)
    controls.release(owner_id)
    refusals.forget(owner_id)
    forget_defaults(owner_id)
    forget_sharing(owner_id)


def _note(run: RunItem, **facts: object) -> dict[str, Any]:
    """Add facts to the receipt."""
    receipt = {**run.result, **facts}
    run.update(
        actions=[
            RunItem.result.set(receipt),
            RunItem.done_count.set(receipt["tasks"]),
            RunItem.updated_at.set(datetime.now(UTC)),
        ]
    )
    return receipt


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _delete_batch(owner_id: str) -> tuple[int, int]:
    """Delete some tasks with their pictures, or some of the other pictures if no task is left.

    Returns:
        How many tasks and pictures.
    """
    tasks = list(islice(Task.by_owner.query(owner_id, limit=BATCH), BATCH))
    for task in tasks:
        flow.delete(task, aws.image_store())
    return len(tasks), len(tasks) or _delete_pictures(owner_id)


def _delete_pictures(owner_id: str) -> int:
    """Pictures that no task names: of uploads that broke off, or were deleted by hand."""
    store = aws.image_store()
    found = [
        picture
        for prefix in build_prefixes(owner_id)
        for picture in store.list_page(prefix, limit=BATCH)
    ]
    for picture in found:
        store.delete(picture.key)
    return len(found)
