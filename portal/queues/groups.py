"""Dead letters by the error of their last delivery, as *Retrying now* groups tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

from portal.remote.queryset import Page
from portal.tasks.retrying import NO_ERROR


class Letter(Protocol):
    """What a group needs to know of a dead letter."""

    last_error: str
    owner_id: str
    sent_at: datetime


@dataclass(frozen=True)
class LetterGroup:
    """Letters whose last delivery failed with the same error."""

    error: str
    count: int
    owner_count: int
    oldest_at: datetime
    newest_at: datetime


@dataclass
class LetterPage(Page[Any]):
    """Some letters, and the groups of all that were found."""

    groups: Sequence[LetterGroup] = ()


def group_letters(letters: Sequence[Letter]) -> list[LetterGroup]:
    """All groups, the largest first."""
    by_error = groupby(sorted(letters, key=_get_error), _get_error)
    groups = [_build(error, list(same)) for error, same in by_error]
    return sorted(groups, key=lambda group: (-group.count, group.error))


def _get_error(letter: Letter) -> str:
    return letter.last_error or NO_ERROR


def _build(error: str, letters: Sequence[Letter]) -> LetterGroup:
    moments = [letter.sent_at for letter in letters]
    return LetterGroup(
        error=error,
        count=len(letters),
        owner_count=len({letter.owner_id for letter in letters if letter.owner_id}),
        oldest_at=min(moments),
        newest_at=max(moments),
    )
