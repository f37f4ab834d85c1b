"""A user sees what was sent on each of the last days, by key, and about what it costs."""

from datetime import UTC, datetime
from typing import Any

import pytest

from infra.cost.model import Usage, calculate, get_total
from pipeline.core.keys.record import revoke_key
from pipeline.lambdas import usage_days
from pipeline.lambdas.account_defaults import handler
from tests.examples import OWNER_ID
from tests.lambdas.events import request
from tests.lambdas.key_tokens import exchange, make_key
from tests.lambdas.uploads import FORM, JPEG, post_form, post_picture

pytestmark = pytest.mark.usefixtures("queue", "store")


def read_days() -> list[dict[str, Any]]:
    answer = request(handler, "GET", "/usage")
    assert answer.status == 200
    return list(answer.body["days"])


def test_thirty_days_are_listed_oldest_first() -> None:
    days = read_days()

    names = [day["day"] for day in days]
    assert len(names) == 30
    assert names == sorted(names)
    assert names[-1] == datetime.now(UTC).date().isoformat()
    assert {day["photos"] for day in days} == {0}


def test_today_has_what_was_sent_by_people_and_keys() -> None:
    key = make_key()
    post_picture()
    post_picture(claims=exchange(key))
    post_form({**FORM, "sizeBytes": 20_000_000}, claims=exchange(key))
    post_picture(b"text")
    revoke_key(OWNER_ID, key.key_id)

    today = read_days()[-1]

    assert (today["photos"], today["bytes"], today["refused"]) == (
        3,
        20_000_000 + 2 * len(JPEG),
        1,
    )
    assert today["megapixels"] > 0
    [by_key] = today["byKey"]
    assert (by_key["keyId"], by_key["photos"]) == (key.key_id, 2)
    assert by_key["bytes"] == 20_000_000 + len(JPEG)
    assert 0 < by_key["estimatedUsd"] < today["estimatedUsd"]


def calculate_month(images: int, megabytes: float) -> float:
    return get_total(calculate(Usage(users=0, images=images, megabytes=megabytes)))


def test_the_estimate_is_that_of_the_calculator() -> None:
    before, after = 10_000_000, 11_000_000
    one_more = (calculate_month(after, 0) - calculate_month(before, 0)) / (after - before)
    gigabyte = (calculate_month(before, 1) - calculate_month(before, 0)) / (before / 1000)

    assert pytest.approx(one_more, rel=0.05) == usage_days.USD_PER_PHOTO
    assert pytest.approx(gigabyte, rel=0.05) == usage_days.USD_PER_GIGABYTE
