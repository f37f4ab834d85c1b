"""Erase a user on request: pictures, tasks and account, with a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice

from pipeline.core.storage import build_prefixes
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task
from portal import aws
from portal.access.items import OperatorItem
from portal.actions import audit
from portal.actions.forms import Data, TypedForm
from portal.actions.items import RunItem
from portal.actions.operation import Invocation
from portal.users.models import User
from portal.users.operations import UserOperation, end_portal_sessions

BATCH = 25


class EraseUser(UserOperation):
    name = "erase"
    label = "Erase all data"
    icon = "person_remove"
    done = "Erased"
    permission = "users.erase_user"
    explanation = (
        "The account is disabled at once; then all pictures, all tasks and the account are "
        "deleted for good. The receipt says what was deleted and when. The audit log keeps that "
        "it happened, and why."
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
        username = target.partition("/")[2]
        user = User.objects.filter(pk=username).first()
        if user is None:
            return True
        if run.result is None:
            self._begin(run, user)
        tasks = list(islice(Task.by_owner.query(user.sub, limit=BATCH), BATCH))
        for task in tasks:
            flow.delete(task, aws.image_store())
        pictures = 0 if tasks else _delete_pictures(user.sub)
        run.update(
            actions=[
                RunItem.done_count.add(len(tasks)),
                RunItem.result.set(
                    {
                        **run.result,
                        "tasks": run.result["tasks"] + len(tasks),
                        "pictures": run.result["pictures"] + len(tasks) + pictures,
                    }
                ),
            ]
        )
        return not (tasks or pictures) and self._end(run, invocation, user, target)

    def _begin(self, run: RunItem, user: User) -> None:
        self.call(aws.cognito().admin_disable_user, user)
        self.call(aws.cognito().admin_user_global_sign_out, user)
        end_portal_sessions(user.sub)
        receipt = {
            "account": user.pk,
            "begun_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "tasks": 0,
            "pictures": 0,
        }
        run.update(actions=[RunItem.result.set(receipt)])

    def _end(self, run: RunItem, invocation: Invocation, user: User, target: str) -> bool:
        self.call(aws.cognito().admin_delete_user, user)
        OperatorItem(user.sub).delete()
        receipt = {
            **run.result,
            "account_deleted": True,
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        run.update(actions=[RunItem.result.set(receipt)])
        detail = f"Erased {receipt['tasks']} tasks, {receipt['pictures']} pictures and the account"
        audit.record(invocation.operator, self.label, target, detail, invocation.reason)
        return True


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
