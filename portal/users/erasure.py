"""Erase a user on request: pictures, tasks and account, with a receipt."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from pipeline.core.storage import build_image_key
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task
from portal import aws
from portal.environment import env
from portal.operators import audit
from portal.operators.items import OperatorItem, RunItem
from portal.remote.operations import Deed, ReasonForm
from portal.users.models import User
from portal.users.operations import UserOperation, end_portal_sessions

BATCH = 25


class ErasureForm(ReasonForm):
    """Asks for the address of the user: nobody is erased by a slip of the hand."""

    confirmation = forms.CharField(
        label="E-mail of the user",
        help_text="Type it to confirm.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    field_order = ("confirmation", "reason")

    def __init__(self, data: Any, *, expected: str) -> None:
        super().__init__(data)
        self._expected = expected

    def clean_confirmation(self) -> str:
        typed: str = self.cleaned_data["confirmation"]
        if typed != self._expected:
            raise forms.ValidationError("This is not the address of the user.")
        return typed


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
    form_class = ErasureForm
    takes_many = False
    always_runs = True

    def get_form(self, rows: list[Any], data: Any = None) -> ErasureForm:
        return ErasureForm(data, expected=str(rows[0]))

    def find_obstacle(self, row: Any) -> str:
        return ""

    def advance(self, run: RunItem, deed: Deed, target: str) -> bool:
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
        return not (tasks or pictures) and self._end(run, deed, user, target)

    def _begin(self, run: RunItem, user: Any) -> None:
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

    def _end(self, run: RunItem, deed: Deed, user: Any, target: str) -> bool:
        self.call(aws.cognito().admin_delete_user, user)
        OperatorItem(user.sub).delete()
        receipt = {
            **run.result,
            "account_deleted": True,
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        run.update(actions=[RunItem.result.set(receipt)])
        detail = f"Erased {receipt['tasks']} tasks, {receipt['pictures']} pictures and the account"
        audit.record(deed.operator, self.label, target, detail, deed.reason)
        return True


def _delete_pictures(owner_id: str) -> int:
    """Pictures that no task names: of uploads that broke off, or were deleted by hand."""
    client = aws.s3()
    prefix = build_image_key(owner_id, "")
    found = client.list_objects_v2(Bucket=env.images_bucket, Prefix=prefix, MaxKeys=BATCH)
    keys = [entry["Key"] for entry in found.get("Contents", [])]
    for key in keys:
        client.delete_object(Bucket=env.images_bucket, Key=key)
    return len(keys)
