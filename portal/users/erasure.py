"""Erase a user on request: pictures, tasks and account, with a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from pipeline.core import erasure
from portal import aws
from portal.access.items import OperatorItem
from portal.actions import audit, runs
from portal.actions.forms import Data, TypedForm
from portal.actions.items import RunItem
from portal.actions.operation import Invocation
from portal.users.models import User
from portal.users.operations import UserOperation, end_portal_sessions


class EraseUser(UserOperation):
    name = "erase"
    label = "Erase all data"
    icon = "person_remove"
    done = "Erased"
    permission = "users.erase_user"
    explanation = (
        "The account is disabled, and its keys, cameras and open pages are cut off at once; then "
        "all pictures, tasks, exports and webhooks and the account are deleted for good. After 75 "
        "minutes, when no token and no upload form of the user is valid any more, a second look "
        "deletes what has come in since. The audit log keeps the receipt: who was erased, what was "
        "deleted, when and why."
    )
    is_destructive = True
    takes_many = False
    always_runs = True

    def get_form(self, rows: Sequence[User], data: Data = None) -> TypedForm:
        return TypedForm(data, label="E-mail of the user", expected=str(rows[0]))

    def find_obstacle(self, row: User) -> str:
        return ""

    def advance(self, run: RunItem, invocation: Invocation, target: str) -> bool:
        """Close the account first: what comes in while it is erased would be left behind."""
        if run.result is None:
            user = User.objects.filter(pk=target.partition("/")[2]).first()
            if user is None:
                return True
            self._begin(run, user)
        receipt = dict(run.result)
        progress = erasure.advance(receipt, partial(_note, run), aws.places())
        if progress == erasure.Progress.WAIT:
            OperatorItem(receipt["owner_id"]).delete()
            runs.pause(run, erasure.SECOND_LOOK_AFTER)
        if progress != erasure.Progress.DONE:
            return False
        _finish(receipt, invocation, target, self.label)
        return True

    def _begin(self, run: RunItem, user: User) -> None:
        receipt = {"person": str(user), **erasure.build_receipt(user.sub, user.pk)}
        erasure.close_account(receipt, aws.places())
        end_portal_sessions(user.sub)
        run.result = {}
        _note(run, receipt)


def _finish(receipt: erasure.Receipt, invocation: Invocation, target: str, label: str) -> None:
    detail = (
        f"Erased {receipt['tasks']} tasks, {receipt['pictures']} pictures and the account of "
        f"{receipt['person']}"
    )
    audit.record(invocation.operator, label, target, detail, invocation.reason, receipt=receipt)


def _note(run: RunItem, receipt: erasure.Receipt) -> None:
    """Store the receipt."""
    run.update(
        actions=[
            RunItem.result.set(dict(receipt)),
            RunItem.done_count.set(receipt["tasks"]),
            RunItem.updated_at.set(datetime.now(UTC)),
        ]
    )
