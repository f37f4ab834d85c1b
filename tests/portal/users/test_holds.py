"""Operators hold and release the queue of one user, and change a quota for a time."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from django.test import Client

from pipeline.core import controls, quotas
from pipeline.core.controls import read_controls
from pipeline.core.quotas import find_quota
from portal.actions.items import AuditItem
from portal.users import holds
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID
from tests.portal.examples import create_user, save_task


@pytest.fixture
def ann() -> str:
    return create_user("ann@example.com")


def operate(client: Client, name: str, user: str, **answers: str) -> str:
    path = f"/users/user/operations/{name}/?id={user}"
    return html.unescape(client.post(path, answers, follow=True).content.decode())


def read(client: Client, user: str) -> str:
    return html.unescape(client.get(f"/users/user/{user}/change/").content.decode())


def list_delays() -> list[str]:
    """The delay of each message in the task queue."""
    names = ["ApproximateNumberOfMessagesDelayed", "ApproximateNumberOfMessages"]
    found = boto3.client("sqs").get_queue_attributes(
        QueueUrl=settings.task_queue_url,
        AttributeNames=names,  # type: ignore[arg-type]
    )
    return [found["Attributes"][name] for name in names]  # type: ignore[index]


def test_a_hold_is_set_shown_and_audited(operator: Client, viewer: Client, ann: str) -> None:
    operate(operator, "hold", ann, reason="10,000 pictures of a script")

    assert read_controls().held_owners == {ann}
    assert "Pictures wait until you release it" in read(viewer, ann)
    [entry] = [it for it in AuditItem.scan() if it.action == "Hold queue"]
    assert (entry.detail, entry.reason) == ("Held", "10,000 pictures of a script")


def test_a_release_sends_the_waiting_pictures_of_this_user_after_a_delay(
    operator: Client, ann: str
) -> None:
    save_task(owner_id=ann, is_done=False), save_task(owner_id=ann, is_done=False)
    save_task(owner_id=ann), save_task(owner_id=OTHER_OWNER_ID, is_done=False)
    operate(operator, "hold", ann, reason="A script")

    page = operate(operator, "release", ann, reason="It stopped")

    assert not read_controls().is_held(ann)
    assert "Released" in page
    assert list_delays() == ["2", "0"]
    [entry] = [it for it in AuditItem.scan() if it.action == "Release queue"]
    assert entry.detail == "Released; 2 waiting pictures sent again"


def test_a_release_sends_a_bounded_number(
    operator: Client, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holds, "SENT_AGAIN", 1)
    save_task(owner_id=ann, is_done=False), save_task(owner_id=ann, is_done=False)
    controls.hold(ann)

    operate(operator, "release", ann, reason="It stopped")

    assert list_delays() == ["1", "0"]


def test_a_bounded_number_of_users_is_held(
    operator: Client, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(controls, "MOST_HELD", 1)
    controls.hold(OTHER_OWNER_ID)

    page = operate(operator, "hold", ann, reason="A script")

    assert "release one first" in page
    assert not read_controls().is_held(ann)


def test_a_quota_has_a_factor_an_end_and_a_reason(
    operator: Client, viewer: Client, ann: str
) -> None:
    operate(operator, "quota", ann, factor="3", days="7", reason="A museum's archive")

    quota = find_quota(ann)
    assert quota is not None
    assert quota.factor == 3
    assert timedelta(days=6) < quota.until - datetime.now(UTC) <= timedelta(days=7)
    page = read(viewer, ann)
    assert "3 times the limits" in page
    assert "by the-operator: A museum's archive" in page


@pytest.mark.parametrize(
    ("factor", "days"), [("1", "7"), ("21", "7"), ("2", "0"), ("2", "91"), ("x", "7")]
)
def test_a_quota_stays_within_bounds(operator: Client, ann: str, factor: str, days: str) -> None:
    operate(operator, "quota", ann, factor=factor, days=days, reason="More")

    assert find_quota(ann) is None


def test_a_quota_ends_by_hand_and_by_itself(operator: Client, ann: str) -> None:
    quotas.grant(ann, 2, datetime.now(UTC) + timedelta(days=1), operator="ann", reason="x")
    operate(operator, "end-quota", ann, reason="Done")
    by_hand = find_quota(ann)
    quotas.grant(ann, 2, datetime.now(UTC) - timedelta(seconds=1), operator="ann", reason="x")

    assert by_hand is None
    assert find_quota(ann) is None


@pytest.mark.parametrize("name", ["hold", "release", "quota", "end-quota"])
def test_a_viewer_may_do_none_of_it(viewer: Client, ann: str, name: str) -> None:
    path = f"/users/user/operations/{name}/?id={ann}"
    answers = {"factor": "2", "days": "2", "reason": "x"}

    assert viewer.post(path, answers).status_code == 403
    assert not read_controls().is_held(ann)
    assert find_quota(ann) is None
