"""Filters of the changelist's toolbar: a select, and a range of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

Rows = QuerySet[models.Model]


class SelectFilter(admin.SimpleListFilter):
    """A `SimpleListFilter` that the toolbar shows as a select; `field` gets the value."""

    template = "admin/filters/select.html"
    field: str

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[models.Model]
    ) -> QuerySet[models.Model]:
        value = self.value()
        if not value:
            return queryset
        if value not in [choice for choice, _ in self.lookup_choices]:
            raise IncorrectLookupParameters(f"There is no {self.title} {value[:40]}")
        return queryset.filter(**{self.field: self.to_field_value(value)})

    def to_field_value(self, value: str) -> object:
        """What the field is compared with, for a value of the select."""
        return value

    def has_output(self) -> bool:
        return True


class ChoicesFilter(SelectFilter):
    """Offers the choices of a model field; subclasses name it."""

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> list[tuple[str, str]]:
        choices: Any = model_admin.model._meta.get_field(self.field).choices
        return [(str(value), str(label)) for value, label in choices]


class MomentRangeFilter(admin.FieldListFilter):
    """Filters from one moment to another, in UTC minutes. Either may be left out."""

    template = "admin/filters/moments.html"

    def __init__(
        self,
        field: models.Field[Any, Any],
        request: HttpRequest,
        params: dict[str, list[str]],
        model: type[models.Model],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        self.names = (f"{field_path}_from", f"{field_path}_to")
        super().__init__(field, request, params, model, model_admin, field_path)
        self.title = str(field.verbose_name)

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[models.Model]
    ) -> QuerySet[models.Model]:
        for name, lookup in zip(self.names, ("gte", "lte"), strict=True):
            value = self._value(name)
            if value:
                condition = {f"{self.field_path}__{lookup}": _parse(value)}
                queryset = queryset.filter(**condition)
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for name, label in zip(self.names, ("from", "to"), strict=True):
            yield {"name": name, "label": f"{self.title} {label}, UTC", "value": self._value(name)}

    def _value(self, name: str) -> str:
        # Django gives a list from the URL.
        value: Any = self.used_parameters.get(name) or ""
        return str(value[-1] if isinstance(value, list) else value)


def _parse(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise IncorrectLookupParameters(f"{value[:40]} is not a date and time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
