"""A user's photos that are like one of theirs: copies first, then by similarity."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.fingerprint import VECTOR_SIZE, Fingerprint
from pipeline.core.search import index, similar
from pipeline.core.tasks.record import Task
from pipeline.lambdas import similar_results
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result
from tests.lambdas.events import Answer, request

START = datetime(2026, 1, 1, tzinfo=UTC)
HASH = "d1c4a7390f5be268"
OTHER_HASH = "2e3b58c6f0a4179d"  # All bits are different


def build_vector(turned: int) -> str:
    """A vector of which so many numbers have the other sign."""
    numbers = [-100 if place < turned else 100 for place in range(VECTOR_SIZE)]
    return base64.b64encode(bytes(number % 256 for number in numbers)).decode()


def save(
    turned: int = 0, seen_hash: str = OTHER_HASH, *, owner_id: str = OWNER_ID, day: int = 0
) -> str:
    """Save and index a result whose vector is turned away so far."""
    task = save_result(owner_id, created_at=START + timedelta(days=day))
    vector = build_vector(turned)
    fingerprint = Fingerprint(vector=vector, hash=seen_hash, mirrored_hash=seen_hash)
    task.update(actions=[Task.fingerprint.set(fingerprint.model_dump(by_alias=True))])
    index.put(task)
    return str(task.task_id)


def get(task_id: str, **parts: Any) -> Answer:
    return request(similar_results.handler, "GET", f"/results/{task_id}/similar", **parts)


def find(task_id: str, **query: str) -> list[str]:
    return [each["result"]["taskId"] for each in get(task_id, query=query).body["similar"]]


def test_copies_come_first_and_then_the_most_similar_photos() -> None:
    near, nearer = save(40), save(10)
    copy = save(60, HASH)
    save(128)  # Has nothing in common
    save(0, owner_id=OTHER_OWNER_ID)
    this = save(0, HASH)

    answer = get(this)

    assert answer.status == 200
    assert [
        (each["result"]["taskId"], each["isCopy"], each["similarity"])
        for each in answer.body["similar"]
    ] == [(copy, True, 0.5312), (nearer, False, 0.9219), (near, False, 0.6875)]


def test_as_many_are_shown_as_asked_for() -> None:
    nearest = save(1)
    save(2)
    this = save()

    assert find(this, limit="1") == [nearest]


def test_a_photo_that_was_deleted_a_moment_ago_is_not_shown() -> None:
    gone, this = save(1), save()
    Task(gone).delete()

    assert find(this) == []


def test_results_of_another_classifier_are_not_compared() -> None:
    other, this = save(1), save()
    Task(other).update(actions=[Task.models.set({"classifier": "another_net"})])

    assert find(this) == []


def test_an_old_photo_is_found_by_its_label_and_the_reads_are_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(similar, "MOST_NEWEST", 2)
    monkeypatch.setattr(similar, "MOST_OF_LABEL", 5)
    photos = [save(1 + day, day=day) for day in range(8)]
    this = save(0, HASH, day=9)  # Copies would be found among all photos

    # The two newest are this one and the last photo; of the label also the four before.
    assert set(find(this)) == set(photos[4:])


def test_a_result_without_a_fingerprint_is_like_no_other() -> None:
    save()
    task = save_result()
    task.update(actions=[Task.fingerprint.remove()])

    assert find(task.task_id) == []


def test_photos_of_others_do_not_exist() -> None:
    answer = get(save(), owner_id=OTHER_OWNER_ID)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")


@pytest.mark.parametrize("limit", ["0", "25", "many"])
def test_a_bad_limit_is_refused(limit: str) -> None:
    answer = get(save(), query={"limit": limit})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
