"""What operators do to the accounts of users."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from django import forms
from pynamodb.expressions.update import Action

from pipeline.core.live.ending import end_live
from pipeline.core.tasks.lockouts import lock_out, readmit
from portal.access import roles
from portal.access.accounts import read_groups
from portal.access.items import OperatorItem
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.aws import cognito, push
from portal.environment import env
from portal.users.models import User

GROUPS = (roles.VIEWER, roles.OPERATOR, roles.ADMIN)


class UserOperation(Operation[User]):
    """A change of the account of one user, whose role may be as high as the operator's."""

    takes_all = False  # Cognito's limit is 25 calls a second for the whole pool

    def apply(self, invocation: Invocation, row: User) -> str:
        """Change the account, unless it is that of somebody with a higher role."""
        if roles.get_rank(read_groups(row.pk)) > roles.get_rank(invocation.operator.groups):
            raise Refused("the account has a higher role than yours; ask an administrator")
        return self.change(invocation, row)

    def change(self, invocation: Invocation, row: User) -> str:
        """Do it, as `apply` says."""
        raise NotImplementedError

    def call(self, function: Callable[..., object], row: User, **arguments: str) -> None:
        try:
            function(UserPoolId=env.user_pool_id, Username=row.pk, **arguments)
        except cognito().exceptions.UserNotFoundException as error:
            raise Refused("the account is gone") from error


class DisableUser(UserOperation):
    name = "disable"
    label = "Disable"
    icon = "block"
    done = "Disabled"
    permission = "users.disable_user"
    explanation = (
        "The user cannot sign in any more and is signed out everywhere. The API refuses the user's "
        "tokens at once, and cameras and open pages are cut off. Pictures and results stay."
    )
    is_destructive = True
    form_class = ReasonForm

    def find_obstacle(self, row: User) -> str:
        return "" if row.is_enabled else "it is disabled already"

    def change(self, invocation: Invocation, row: User) -> str:
        _forbid_oneself(invocation, row)
        lock_out(row.sub)
        end_live(row.sub, push())
        self.call(cognito().admin_disable_user, row)
        self.call(cognito().admin_user_global_sign_out, row)
        end_portal_sessions(row.sub)
        return "Disabled and signed out everywhere"


class EnableUser(UserOperation):
    name = "enable"
    label = "Enable"
    icon = "check_circle"
    done = "Enabled"
    permission = "users.disable_user"
    explanation = "The user can sign in again with the password they had."

    def find_obstacle(self, row: User) -> str:
        return "it is enabled already" if row.is_enabled else ""

    def change(self, invocation: Invocation, row: User) -> str:
        self.call(cognito().admin_enable_user, row)
        readmit(row.sub)
        return "Enabled"


class SignOutUser(UserOperation):
    name = "sign-out"
    label = "Sign out everywhere"
    icon = "logout"
    done = "Signed out"
    permission = "users.sign_out_user"
    explanation = (
        "All refresh tokens and portal sessions of the user end now. A token that was given out "
        "before works until it expires, at most an hour."
    )

    def change(self, invocation: Invocation, row: User) -> str:
        self.call(cognito().admin_user_global_sign_out, row)
        end_portal_sessions(row.sub)
        return "Signed out everywhere"


class InviteUser(UserOperation):
    name = "invite"
    label = "Resend invitation"
    icon = "mail"
    done = "Invited again"
    permission = "users.invite_user"
    explanation = "Cognito sends the invitation again, with a new temporary password."

    def find_obstacle(self, row: User) -> str:
        waits = row.status == "FORCE_CHANGE_PASSWORD"
        return "" if waits else "only users who were invited and never signed in can be"

    def change(self, invocation: Invocation, row: User) -> str:
        cognito().admin_create_user(
            UserPoolId=env.user_pool_id,
            # Not the id: where people sign in by address, this call takes nothing else.
            Username=row.email or row.pk,
            MessageAction="RESEND",
            DesiredDeliveryMediums=["EMAIL"],
        )
        return "Invitation sent again"


class ResetUser(UserOperation):
    name = "reset"
    label = "Reset password"
    icon = "lock_reset"
    done = "Password reset"
    permission = "users.reset_user"
    explanation = (
        "The password does not work any more. Cognito sends the user a code with which they "
        "choose a new one."
    )

    def find_obstacle(self, row: User) -> str:
        is_settled = row.status in ("CONFIRMED", "RESET_REQUIRED")
        return "" if is_settled else "the user never chose a password"

    def change(self, invocation: Invocation, row: User) -> str:
        self.call(cognito().admin_reset_user_password, row)
        return "Password reset"


class GroupsForm(ReasonForm):
    """The operator groups that a user shall be in; the others are left alone."""

    groups = forms.MultipleChoiceField(
        choices=[(group, group) for group in GROUPS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="None: the user cannot sign in to this portal.",
    )
    field_order = ("groups", "reason")


class GroupUser(UserOperation):
    name = "groups"
    label = "Change groups"
    icon = "group"
    done = "Groups changed"
    permission = "users.group_user"
    explanation = (
        "Groups decide who may sign in to this portal, and what they may do here. Rights that "
        "are taken away end within five minutes."
    )
    is_destructive = True
    form_class = GroupsForm
    takes_many = False

    def get_form(self, rows: Sequence[User], data: Data = None) -> GroupsForm:
        return GroupsForm(data, initial={"groups": read_groups(rows[0].pk)})

    def change(self, invocation: Invocation, row: User) -> str:
        _forbid_oneself(invocation, row)
        before = set(read_groups(row.pk)) & set(GROUPS)
        wanted = set(invocation.data["groups"])
        for group in sorted(wanted - before):
            self.call(cognito().admin_add_user_to_group, row, GroupName=group)
        for group in sorted(before - wanted):
            self.call(cognito().admin_remove_user_from_group, row, GroupName=group)
        _forget_check(row.sub)
        return f"From {_say(before)} to {_say(wanted)}"


def end_portal_sessions(sub: str) -> None:
    """If the user is an operator, their sessions here end with their next request."""
    _update_operator(sub, OperatorItem.signed_out_at.set(datetime.now(UTC)))


def _forget_check(sub: str) -> None:
    _update_operator(sub, OperatorItem.checked_at.remove())


def _update_operator(sub: str, action: Action) -> None:
    try:
        OperatorItem.get(sub).update(actions=[action])
    except OperatorItem.DoesNotExist:
        return


def _forbid_oneself(invocation: Invocation, row: User) -> None:
    if row.sub == invocation.operator.pk:
        raise Refused("you cannot do this to your own account; ask another administrator")


def _say(groups: set[str]) -> str:
    return ", ".join(sorted(groups)) or "no group"
