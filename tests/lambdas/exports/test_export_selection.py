"""Which photos are in an export."""

from datetime import UTC, datetime, timedelta

from pipeline.core.exports.selection import Selection
from pipeline.core.search.find import Question
from tests.examples import OTHER_OWNER_ID
from tests.lambdas.exports.conftest import (
    add_photo,
    begin,
    unzip,
    write,
)


def test_a_selection_of_ids_takes_only_what_its_owner_has() -> None:
    mine, other = add_photo("mine.jpg"), add_photo("theirs.jpg", owner_id=OTHER_OWNER_ID)
    add_photo("not-chosen.jpg")

    export = begin("originals", Selection(task_ids=(other.task_id, mine.task_id)))
    write(export)

    assert list(unzip(export)) == ["mine.jpg"]


def test_a_search_takes_what_it_finds() -> None:
    add_photo("beach 1.jpg")
    add_photo("work.jpg")

    export = begin("originals", Selection(question=Question(file_name=frozenset({"beach"}))))
    write(export)

    assert list(unzip(export)) == ["beach 1.jpg"]


def test_a_span_of_time_takes_what_was_sent_in_it() -> None:
    add_photo("late.jpg")
    early = add_photo("early.jpg", created_at=datetime(2026, 1, 1, 12, tzinfo=UTC))

    end = early.created_at + timedelta(seconds=1)
    add_photo("at the end.jpg", created_at=end)
    span = Question(since=early.created_at, before=end)
    export = begin("originals", Selection(question=span))
    write(export)

    assert list(unzip(export)) == ["early.jpg"]
    assert export.total == 1


def test_photos_that_come_later_are_not_in_it() -> None:
    add_photo("before.jpg")
    export = begin("originals")
    add_photo("after.jpg")

    write(export)

    assert list(unzip(export)) == ["before.jpg"]
