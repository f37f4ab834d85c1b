"""An erasure that was interrupted, lost or late is completed, and everything is counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from pynamodb.exceptions import PutError

from pipeline.core import deletions, erasure
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import add_connection
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task
from pipeline.lambdas import erase_account
from tests.examples import OWNER_ID
from tests.lambdas.deletion.conftest import (
    get,
    get_deletion,
    list_keys,
    post,
    receive,
    work,
)
from tests.lambdas.exports.conftest import add_photo
from tests.live_gateway import LiveGateway


def test_what_comes_in_late_is_deleted_by_a_second_look(gateway: LiveGateway) -> None:
    post()
    work()
    late = add_photo("late.jpg")  # Of a request that was under way
    add_connection("late=", OWNER_ID)
    work()
    assert late.image_key in list_keys()  # Not yet due

    deletion = get_deletion()
    long_ago = datetime.now(UTC) - erasure.SECOND_LOOK_AFTER - timedelta(seconds=1)
    deletions.note(deletion, {**deletion.receipt, "account_deleted_at": long_ago.isoformat()})
    work()

    assert list_keys() == []
    assert gateway.closed == ["late="]
    assert get_deletion().is_done


def test_an_erasure_that_an_older_version_began_counts_exports_from_now_on() -> None:
    Export(OWNER_ID, "1", format="csv", selection={}).save()
    post()
    deletion = get_deletion()
    receipt = dict(deletion.receipt)
    del receipt["exports"]
    deletions.note(deletion, receipt)

    work()

    assert get().body["exports"] == 1


class DeadError(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("number", range(1, 6))
def test_a_process_that_dies_is_followed_by_one_that_counts_everything_once(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    for count in range(5):
        add_photo(f"{count}.jpg")
    post()
    delete, calls = flow.delete, 0

    def die(task: Task, store: ImageStore) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise DeadError
        delete(task, store)

    with monkeypatch.context() as patch:
        patch.setattr(flow, "delete", die)
        with pytest.raises(DeadError):
            work()
    work()

    answer = get()
    assert (answer.body["results"], answer.body["pictures"]) == (5, 5)
    assert answer.body["status"] == "deleted"


def test_a_deletion_goes_on_when_its_time_is_over() -> None:
    add_photo()
    post()
    receive()

    work(remaining_ms=erase_account.RESERVED_MS)

    assert receive() == [OWNER_ID]
    assert get().body["status"] == "deleting"
    work()
    assert get().body["status"] == "deleted"


def test_a_look_at_a_receipt_brings_a_lost_deletion_on() -> None:
    post()
    receive()
    get()
    assert receive() == []  # It can still come
    deletion = get_deletion()
    deletion.changed_at = datetime.now(UTC) - timedelta(minutes=6)
    deletion.save()

    get()

    assert receive() == [OWNER_ID]


def test_two_processes_never_note_over_each_other() -> None:
    post()
    first, second = get_deletion(), get_deletion()
    deletions.note(first, first.receipt)

    with pytest.raises(PutError):
        deletions.note(second, second.receipt)
