"""What one user may cost: bytes and megapixels of a day, and bytes kept."""

import json
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest

from pipeline.core.images import MAX_BYTES, MAX_PASS_PIXELS
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.lambdas import (
    delete_result,
    limits,
    retry_result,
    upload,
    uploaded,
)
from pipeline.lambdas.limits import TokenBucket, build_window
from pipeline.lambdas.problems import DailyBytesReachedError
from pipeline.lambdas.settings import ApiSettings
from tests.clocks import stop_clock
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, build_storage_event, call, request
from tests.pictures import build_quadrants, encode

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BYTES = build_window("bytes", 1000, DAY, DailyBytesReachedError)
JPEG = encode(build_quadrants(), "JPEG")


def use(monkeypatch: pytest.MonkeyPatch, **values: float | str) -> ApiSettings:
    """Set other limits, at a time that stands still."""
    stop_clock(monkeypatch, limits, NOW)
    changed = settings.model_copy(update=values)
    for module in (retry_result, upload, uploaded):
        monkeypatch.setattr(module, "settings", changed)
    return changed


def ask(size_bytes: int = 1000, owner_id: str = OWNER_ID) -> Answer:
    body = json.dumps({"contentType": "image/jpeg", "sizeBytes": size_bytes})
    headers = {"Content-Type": "application/json"}
    return request(upload.handler, "POST", "/upload", body=body, headers=headers, owner_id=owner_id)


def send(image: bytes = JPEG) -> Answer:
    headers = {"Content-Type": "image/jpeg"}
    return request(upload.handler, "POST", "/upload", body=image, headers=headers)


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"bytes_per_day": 4000}, "daily_bytes_reached"),
        ({"stored_bytes": 4000}, "storage_full"),
    ],
)
def test_bytes_of_a_form_count_when_it_is_signed(
    values: dict[str, float], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, **values)

    answers = [ask(), ask(), ask()]
    other = ask(owner_id=OTHER_OWNER_ID)

    assert [answer.status for answer in answers] == [201, 201, 429]
    assert answers[2].body["code"] == code
    assert other.status == 201


def test_the_bytes_of_a_picture_in_the_request_count(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, bytes_per_day=4 * len(JPEG))

    answers = [send(), send(), send()]

    assert [answer.status for answer in answers] == [202, 202, 429]


def test_a_picture_in_the_request_is_charged_by_its_pixels(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = encode(build_quadrants(1000, 1000), "JPEG")
    use(monkeypatch, megapixels_per_day=4)

    answers = [send(image), send(image), send(image)]

    assert [answer.status for answer in answers] == [202, 202, 429]
    assert answers[2].body["code"] == "daily_pixels_reached"


@pytest.mark.parametrize(
    ("query", "limit", "statuses"),
    [
        ({"detail": "fast"}, 50, [202, 202]),
        ({"detail": "fine"}, 50, [202, 429]),
        ({"features": "labels,text"}, 300, [202, 202]),
        ({"features": "labels,text"}, 280, [202, 429]),
        ({"models": "spotter"}, 50, [202, 202]),
        ({"models": "spotter,tags"}, 50, [202, 429]),
    ],
)
def test_a_closer_look_and_an_added_model_count_as_24_megapixels_and_text_as_72(
    query: dict[str, str],
    limit: int,
    statuses: list[int],
    monkeypatch: pytest.MonkeyPatch,
    store: ImageStore,
) -> None:
    use(monkeypatch, megapixels_per_day=limit, upload_burst=30, offered_models="tags")
    headers = {"Content-Type": "image/jpeg"}

    answers = [
        request(upload.handler, "POST", "/upload", body=JPEG, headers=headers, query=query)
        for _ in statuses
    ]

    assert [answer.status for answer in answers] == statuses


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"detail": "fast"}, 202),
        ({"detail": "fine"}, 429),
        ({"models": ["spotter"]}, 202),
        ({"models": ["tags"]}, 429),
    ],
)
def test_what_a_form_asks_for_counts_when_its_picture_arrives(
    options: dict[str, Any], status: int, monkeypatch: pytest.MonkeyPatch, store: ImageStore
) -> None:
    image = encode(build_quadrants(1000, 1000), "JPEG")
    use(monkeypatch, megapixels_per_day=50, offered_models="tags")
    body = {"contentType": "image/jpeg", "sizeBytes": len(image), **options}
    form = request(
        upload.handler,
        "POST",
        "/upload",
        body=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    upload_key = build_upload_key(OWNER_ID, form.body["taskId"])
    store.put(upload_key, image, "image/jpeg")

    call(uploaded.handler, build_storage_event(upload_key))

    assert send(image).status == status


def test_a_picture_of_a_form_is_charged_when_it_arrives(
    monkeypatch: pytest.MonkeyPatch, store: ImageStore
) -> None:
    image = encode(build_quadrants(1000, 1000), "JPEG")
    use(monkeypatch, megapixels_per_day=4)

    for _ in range(3):
        upload_key = build_upload_key(OWNER_ID, ask().body["taskId"])
        store.put(upload_key, image, "image/jpeg")
        call(uploaded.handler, build_storage_event(upload_key))
        call(uploaded.handler, build_storage_event(upload_key))

    answer = send(image)
    assert (answer.status, answer.body["code"]) == (429, "daily_pixels_reached")
    # Three megapixels of the two that may come at once, and two more return in a day.
    assert int(answer.headers["Retry-After"]) == DAY.total_seconds()


def test_a_picture_with_much_work_counts_as_several_uploads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "TOKEN_MEGAPIXELS", 0.25)
    use(monkeypatch, upload_burst=8)
    image = encode(build_quadrants(1000, 1000), "JPEG")

    answers = [send(image), send(image), send(image)]

    assert [answer.status for answer in answers] == [202, 202, 429]
    assert answers[2].body["code"] == "too_many_requests"


def test_the_largest_pictures_fit_into_every_limit() -> None:
    assert settings.upload_burst >= MAX_PASS_PIXELS / 1_000_000 / limits.TOKEN_MEGAPIXELS
    assert settings.megapixels_per_day / 2 >= MAX_PASS_PIXELS / 1_000_000
    assert settings.bytes_per_day / 2 >= MAX_BYTES
    assert settings.stored_bytes >= settings.bytes_per_day


def test_no_window_has_more_than_its_amount() -> None:
    bucket = TokenBucket("bytes:me")
    hours = range(49)

    def take_all(now: datetime) -> int:
        """Take ten bytes at a time until the bucket refuses."""
        return 10 * sum(
            1 for _ in takewhile(bool, (bucket.take(BYTES, 10, now) for _ in range(60)))
        )

    taken = [take_all(NOW + timedelta(hours=hour)) for hour in hours]

    assert max(sum(taken[start : start + 24]) for start in hours) <= 1000
    assert sum(taken) > 1400


def test_the_wait_is_true() -> None:
    bucket = TokenBucket("bytes:me")
    bucket.take(BYTES, 500, NOW)

    wait = timedelta(seconds=bucket.count_wait_seconds(BYTES, 100, NOW))

    assert not bucket.take(BYTES, 100, NOW + wait - timedelta(seconds=2))
    assert bucket.take(BYTES, 100, NOW + wait)


def test_a_debt_makes_the_wait_longer_and_is_paid_in_time() -> None:
    bucket = TokenBucket("bytes:me")
    bucket.owe(BYTES, 400, NOW)
    bucket.owe(BYTES, 600, NOW)

    wait = timedelta(seconds=bucket.count_wait_seconds(BYTES, 1, NOW))

    assert wait > DAY
    assert not bucket.take(BYTES, 1, NOW + DAY)
    assert bucket.take(BYTES, 1, NOW + wait)


def test_a_deletion_does_not_give_bytes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, stored_bytes=2000)
    task_id = ask().body["taskId"]

    deleted = request(delete_result.handler, "DELETE", f"/results/{task_id}")

    assert deleted.status == 204
    assert ask().body["code"] == "storage_full"
