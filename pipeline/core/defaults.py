"""What uploads of one account get where they do not say it: one item in the table of tasks.

The item lacks the keys of the tasks' indexes, so no list shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta
from pipeline.core.options import Detail


@dataclass(frozen=True, slots=True)
class Defaults:
    """None where the user has chosen nothing."""

    strip_metadata: bool | None = None
    detail: Detail | None = None


class DefaultsItem(Model):
    """The defaults of one account, as DynamoDB keeps them."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    strip_metadata = BooleanAttribute(null=True)
    detail = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, owner_id: str, defaults: Defaults = Defaults()) -> Self:
        return cls(
            f"defaults:{owner_id}", strip_metadata=defaults.strip_metadata, detail=defaults.detail
        )


def find_defaults(owner_id: str) -> Defaults:
    """What this account has chosen."""
    try:
        item = DefaultsItem.get(DefaultsItem.of(owner_id).key, consistent_read=True)
    except DefaultsItem.DoesNotExist:
        return Defaults()
    return Defaults(item.strip_metadata, None if item.detail is None else Detail(item.detail))


def save_defaults(owner_id: str, defaults: Defaults) -> None:
    """Replace what this account has chosen."""
    DefaultsItem.of(owner_id, defaults).save()


def forget_defaults(owner_id: str) -> None:
    """Delete what this account has chosen."""
    DefaultsItem.of(owner_id).delete()
