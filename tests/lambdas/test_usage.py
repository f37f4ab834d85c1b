"""A user sees the limits, what is left of them and what was refused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.core import quotas
from pipeline.lambdas.account_defaults import handler
from pipeline.lambdas.limits import TokenBucket
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import request
from tests.lambdas.uploads import FORM, JPEG, post_form, post_picture


def get(owner_id: str = OWNER_ID) -> Any:
    answer = request(handler, "GET", "/usage", owner_id=owner_id)
    assert answer.status == 200
    return answer.body


def find_limit(name: str) -> dict[str, float]:
    [found] = [limit for limit in get()["limits"] if limit["name"] == name]
    return dict(found)


def test_limits_that_were_never_used_are_full() -> None:
    usage = get()

    names = ["requests", "uploads", "megapixels", "bytes", "stored", "waits"]
    assert [limit["name"] for limit in usage["limits"]] == names
    for limit in usage["limits"][1:]:
        assert (limit["left"], limit["fullInSeconds"]) == (limit["atOnce"], 0)
    assert usage["unfinished"] == {"count": 0, "most": settings.max_unfinished_tasks}
    assert usage["refused"] == []


def test_an_upload_takes_from_its_limits() -> None:
    post_picture()
    post_form({**FORM, "sizeBytes": 20_000_000})

    sent, stored, unfinished = find_limit("bytes"), find_limit("stored"), get()["unfinished"]
    assert sent["atOnce"] == settings.bytes_per_day / 2
    # Some comes back each second, far less than the bytes of the form.
    assert 0 < sent["atOnce"] - sent["left"] <= len(JPEG) + 20_000_000
    assert stored["left"] < stored["atOnce"]
    assert unfinished["count"] == 2


def test_requests_take_from_their_limit() -> None:
    used_up = datetime.now(UTC).timestamp() + settings.request_burst / settings.requests_per_second
    TokenBucket(f"requests:{OWNER_ID}", full_at=used_up - 1).save()

    assert find_limit("requests")["left"] < settings.request_burst


def test_what_others_do_does_not_show() -> None:
    post_picture(owner_id=OTHER_OWNER_ID)
    post_picture(b"text", owner_id=OTHER_OWNER_ID)

    usage = get()

    assert (usage["unfinished"]["count"], usage["refused"]) == (0, [])


def test_refusals_are_counted_by_code() -> None:
    for picture in (b"text", b"text", b""):
        post_picture(picture)

    assert get()["refused"] == [
        {"code": "unsupported_format", "count": 2},
        {"code": "empty_image", "count": 1},
    ]


def test_a_quota_raises_all_limits_but_that_of_requests() -> None:
    until = datetime.now(UTC) + timedelta(days=1)
    quotas.grant(OWNER_ID, 4, until, operator="o@example.com", reason="A fair")

    uploads, requests = find_limit("uploads"), find_limit("requests")

    assert uploads["atOnce"] == uploads["left"] == 4 * settings.upload_burst
    assert uploads["perSecond"] == 4 * settings.uploads_per_second
    assert requests["atOnce"] == settings.request_burst
    assert get()["unfinished"]["most"] == 4 * settings.max_unfinished_tasks
