"""What an operator sees before many things are touched: how many, and the first of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import BadRequest
from django.http import HttpRequest

from portal.actions import runs
from portal.actions.forms import ConfirmForm, ask_number
from portal.remote.admin import RemoteAdmin
from portal.remote.queryset import RemoteQuerySet, Tally

SHOWN = 10
TYPED_ABOVE = 50
"""For more things the operator types their number."""

UNTIL = "until"
"""Field of the confirmation: what was created later is not touched, so the number stays true."""


@dataclass(frozen=True)
class Preview:
    """Everything that a bulk action would touch."""

    tally: Tally[Any]
    name: str
    until: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()

    @property
    def rest(self) -> int:
        return self.tally.count - len(self.rows)


def build_preview(
    model_admin: RemoteAdmin[Any], queryset: RemoteQuerySet[Any], until: datetime
) -> Preview:
    """Count what matches, up to what one run touches."""
    tally = queryset.tally(runs.ITEM_LIMIT, SHOWN)
    opts = model_admin.opts
    name = str(opts.verbose_name if tally.count == 1 else opts.verbose_name_plural)
    return Preview(tally, name, until.isoformat())


def show_first(preview: Preview, model_admin: RemoteAdmin[Any], request: HttpRequest) -> Preview:
    """Add the first things, as the list shows them."""
    first = preview.tally.first
    model_admin.enrich(first)
    model_admin.present(request, first)
    columns = [str(name) for name in model_admin.get_list_display(request)]
    return replace(
        preview,
        columns=[str(label_for_field(name, model_admin.model, model_admin)) for name in columns],
        rows=[[_show(name, row, model_admin) for name in columns] for row in first],
    )


def ask_for_many(form: ConfirmForm, preview: Preview) -> None:
    """Ask to type the number if it is a large one."""
    if preview.tally.count > TYPED_ABOVE:
        ask_number(form, preview.tally.count)


def read_until(request: HttpRequest) -> datetime:
    """When the operator was shown the number; now, if that is not known."""
    now = datetime.now(UTC)
    text = request.POST.get(UNTIL)
    if not text:
        return now
    try:
        return min(datetime.fromisoformat(text).astimezone(UTC), now)
    except (ValueError, OverflowError) as error:
        raise BadRequest("The confirmation names no time. Open the list again.") from error


def _show(name: str, row: Any, model_admin: RemoteAdmin[Any]) -> str:
    value = lookup_field(name, row, model_admin)[2]
    # A column with coloured labels gives the colour's name and the text.
    return value[1] if isinstance(value, tuple) else "" if value is None else value
