"""Revoke the API keys of one user."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from django import forms

from pipeline.core.errors import KeyNotFoundError
from pipeline.core.keys.record import list_keys, revoke_key
from portal.actions.forms import Data, ReasonForm
from portal.actions.operation import Invocation
from portal.aws import push
from portal.users.models import User
from portal.users.operations import UserOperation


class KeysForm(ReasonForm):
    """Which keys."""

    keys = forms.MultipleChoiceField(
        label="API keys", choices=[], widget=forms.CheckboxSelectMultiple
    )
    field_order = ("keys", "reason")

    def __init__(self, data: Data, owner_id: str) -> None:
        super().__init__(data)
        field = self.fields["keys"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(key.key_id, f"{key.name} ({key.shown}…)") for key in list_keys(owner_id)]


class RevokeKeys(UserOperation):
    name = "revoke-keys"
    label = "Revoke API keys"
    icon = "key_off"
    done = "API keys revoked"
    permission = "users.sign_out_user"
    explanation = (
        "Programs that use these keys are refused from their next request on, and all sockets of "
        "the user are closed; pages open theirs again. The keys are gone for good; the user can "
        "make new ones."
    )
    is_destructive = True
    form_class = KeysForm
    takes_many = False

    def get_form(self, rows: Sequence[User], data: Data = None) -> KeysForm:
        return KeysForm(data, rows[0].sub)

    def find_obstacle(self, row: User) -> str:
        return "" if list_keys(row.sub) else "the user has no API keys"

    def change(self, invocation: Invocation, row: User) -> str:
        chosen = [key for key in list_keys(row.sub) if key.key_id in invocation.data["keys"]]
        for key in chosen:
            with suppress(KeyNotFoundError):  # The user has just revoked it too
                revoke_key(row.sub, key.key_id)
        push().close_all(row.sub)
        return "Revoked: " + ", ".join(f"{key.name} ({key.shown})" for key in chosen)
