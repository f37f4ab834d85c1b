"""Filters of the changelist's toolbar: a select, and a range of time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest

Rows = QuerySet[models.Model]

LAST_MINUTE = timedelta(hours=23, minutes=59)


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
        self._others = request.GET.copy()
        for page in ("after", "before"):
            self._others.pop(page, None)
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

    @property
    def days(self) -> list[tuple[str, str]]:
        """Today and yesterday in UTC: label, and the query that chooses the day."""
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return [
            (label, self._build_day(midnight - timedelta(days=ago)))
            for ago, label in enumerate(("Today", "Yesterday"))
        ]

    def _build_day(self, midnight: datetime) -> str:
        query = self._others.copy()
        for name, moment in zip(self.names, (midnight, midnight + LAST_MINUTE), strict=True):
            query[name] = f"{moment:%Y-%m-%dT%H:%M}"
        return query.urlencode()

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
