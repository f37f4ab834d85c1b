"""Webhooks are created, listed, tested, rotated and deleted by their owner alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.core.webhooks import record
from pipeline.core.webhooks.record import MAX_WEBHOOKS, Webhook
from pipeline.lambdas import upload, webhooks
from pipeline.lambdas.limits import Limit
from pipeline.lambdas.problems import TooManyCallsError
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request
from tests.lambdas.webhooks.conftest import create, finish_task, list_all, read, tell, work
from tests.receivers import Receiver

URL = "https://hooks.example.com/spotter"
UNKNOWN = "0b6e1d3c-0f57-4c33-9a4e-6f7d0a1c2b3d"


def post(path: str = "", body: Any = None, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json"}
    text = json.dumps(body) if body is not None else None
    return request(
        webhooks.handler, "POST", f"/webhooks{path}", body=text, headers=headers, **parts
    )


def get(path: str = "", **parts: Any) -> Answer:
    return request(webhooks.handler, "GET", f"/webhooks{path}", **parts)


def make(url: str = URL, *events: str, **parts: Any) -> Answer:
    return post(body={"url": url, "events": list(events)}, **parts)


def test_the_secret_is_shown_once() -> None:
    made = make(URL, "task.succeeded", "task.succeeded", "export.finished")

    [listed] = get().body["webhooks"]
    assert made.status == 201
    assert made.body["secret"].startswith("whsec_")
    assert made.body["secret"] == record.list_webhooks(OWNER_ID)[0].secret
    assert listed == {name: it for name, it in made.body.items() if name != "secret"}
    assert listed["events"] == ["export.finished", "task.succeeded"]
    assert (listed["status"], listed["lastError"]) == ("active", None)


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("http://hooks.example.com/", "https://"),
        ("https://169.254.169.254/latest/meta-data", "private"),
        ("https://user:word@hooks.example.com/", "password"),
        ("https://hooks.example.com:22/", "port"),
    ],
)
def test_an_address_that_may_not_be_called_is_refused(url: str, detail: str) -> None:
    answer = make(url, "task.failed")

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    [error] = answer.body["errors"]
    assert error["location"] == "body.url"
    assert detail in error["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": URL},
        {"url": URL, "events": ["task.deleted"]},
        {"url": URL, "events": [], "x": 1},
    ],
)
def test_a_request_that_makes_no_sense_is_refused(body: Any) -> None:
    assert post(body=body).status == 422


def test_a_host_has_one_webhook_of_a_user_and_a_user_has_few() -> None:
    make(URL, "task.failed")

    again = make("https://HOOKS.example.com:443/other", "task.failed")
    others = [make(f"https://hooks{number}.example.com/") for number in range(MAX_WEBHOOKS)]
    other_user = make(URL, owner_id=OTHER_OWNER_ID)

    assert (again.status, again.body["code"]) == (409, "webhook_exists")
    assert [answer.status for answer in others] == [201] * (MAX_WEBHOOKS - 1) + [409]
    assert others[-1].body["code"] == "too_many_webhooks"
    assert f"have {MAX_WEBHOOKS} webhooks" in others[-1].body["detail"]
    assert other_user.status == 201


def test_two_requests_at_the_same_time_make_no_two_webhooks_of_a_host() -> None:
    client = Webhook._get_connection().connection.client

    def be_faster(**_: object) -> None:
        client.meta.events.unregister("before-call.dynamodb.PutItem", be_faster)
        create(URL)

    client.meta.events.register("before-call.dynamodb.PutItem", be_faster)
    answer = make(URL, "task.failed")

    assert (answer.status, answer.body["code"]) == (409, "webhook_exists")
    assert len(record.list_webhooks(OWNER_ID)) == 1


def test_nobody_reaches_a_webhook_of_somebody_else(webhook: Webhook) -> None:
    tell(finish_task())
    [delivery] = list_all(webhook)
    path, stranger = f"/{webhook.webhook_id}", {"owner_id": OTHER_OWNER_ID}

    answers = [
        post(f"{path}/test", **stranger),
        post(f"{path}/secret", **stranger),
        get(f"{path}/deliveries", **stranger),
        post(f"{path}/deliveries/{delivery.delivery_id}/redeliver", **stranger),
        request(webhooks.handler, "DELETE", f"/webhooks{path}", **stranger),
        post(f"/{UNKNOWN}/test"),
        post("/no-id/test"),
    ]

    assert {(it.status, it.body["code"]) for it in answers} == {(404, "webhook_not_found")}
    assert get(owner_id=OTHER_OWNER_ID).body["webhooks"] == []
    assert read(webhook).secret == webhook.secret


def test_a_test_is_sent_and_its_delivery_shows_what_was_answered(
    receiver: Receiver, webhook: Webhook
) -> None:
    receiver.statuses["/hook"] = 418
    receiver.answers["/hook"] = b"I am a teapot"

    sent = post(f"/{webhook.webhook_id}/test")
    work()

    [delivery] = get(f"/{webhook.webhook_id}/deliveries").body["deliveries"]
    assert (sent.status, sent.body) == (202, {"deliveryId": delivery["deliveryId"]})
    assert (delivery["event"], delivery["status"]) == ("webhook.test", "waiting")
    assert delivery["nextTryAt"] is not None
    [attempt] = delivery["attempts"]
    assert (attempt["status"], attempt["answer"]) == (418, "I am a teapot")
    assert json.loads(delivery["body"])["data"] == {"webhookId": webhook.webhook_id}
    [listed] = get().body["webhooks"]
    assert listed["lastError"] == "The receiver answered with status 418."
    assert listed["failingSince"] is not None


def test_a_delivery_is_sent_again(receiver: Receiver, webhook: Webhook) -> None:
    tell(finish_task())
    work()
    [delivery] = list_all(webhook)

    answer = post(f"/{webhook.webhook_id}/deliveries/{delivery.delivery_id}/redeliver")
    work()

    assert answer.status == 202
    assert [call.headers["webhook-id"] for call in receiver.calls] == [delivery.delivery_id] * 2
    unknown = post(f"/{webhook.webhook_id}/deliveries/{UNKNOWN}/redeliver")
    assert (unknown.status, unknown.body["code"]) == (404, "delivery_not_found")


def test_deliveries_come_in_pages_newest_first(receiver: Receiver, webhook: Webhook) -> None:
    tell(*(finish_task() for _ in range(3)))
    work()
    receiver.statuses["/hook"] = 500
    tell(*(finish_task() for _ in range(2)))
    work()

    path, found, cursor = f"/{webhook.webhook_id}/deliveries", [], None
    for _ in range(3):
        query = {"limit": "2", **({"cursor": cursor} if cursor else {})}
        page = get(path, query=query).body
        found += [it["deliveryId"] for it in page["deliveries"]]
        cursor = page["nextCursor"]

    assert cursor is None
    assert found == [it.delivery_id for it in reversed(list_all(webhook))]
    assert len(found) == 5


def test_a_new_secret_leaves_the_old_one_a_day(webhook: Webhook) -> None:
    answer = post(f"/{webhook.webhook_id}/secret")

    assert answer.status == 200
    assert answer.body["secret"] not in ("", webhook.secret)
    assert answer.body["previousSecretUntil"] is not None


def test_a_deleted_webhook_is_gone_with_its_deliveries(
    receiver: Receiver, webhook: Webhook
) -> None:
    tell(finish_task())

    answer = request(webhooks.handler, "DELETE", f"/webhooks/{webhook.webhook_id}")
    work()

    assert answer.status == 204
    assert get().body["webhooks"] == []
    assert (receiver.calls, list_all(webhook)) == ([], [])


def test_a_blocked_webhook_takes_no_test(webhook: Webhook) -> None:
    tell(finish_task())
    record.block(webhook)
    [delivery] = list_all(webhook)

    tested = post(f"/{webhook.webhook_id}/test")
    repeated = post(f"/{webhook.webhook_id}/deliveries/{delivery.delivery_id}/redeliver")

    assert {tested.body["code"], repeated.body["code"]} == {"webhook_blocked"}
    assert tested.status == 409


def test_its_owner_cannot_replace_a_blocked_webhook(webhook: Webhook) -> None:
    record.block(webhook)

    deleted = request(webhooks.handler, "DELETE", f"/webhooks/{webhook.webhook_id}")
    made = make(f"https://{webhook.host}/other")

    assert (deleted.status, deleted.body["code"]) == (409, "webhook_blocked")
    assert made.status != 201
    assert [it.status for it in record.list_webhooks(OWNER_ID)] == ["blocked"]


def test_nobody_floods_a_receiver_with_tests(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "CALLS", Limit("calls", 2, 1 / 3600, TooManyCallsError))

    answers = [post(f"/{webhook.webhook_id}/test") for _ in range(3)]

    assert [answer.status for answer in answers] == [202, 202, 429]
    assert answers[2].body["code"] == "too_many_calls"
    assert int(answers[2].headers["Retry-After"]) > 3000


def test_an_upload_names_an_address_of_one_of_its_users_webhooks() -> None:
    create("https://hooks.example.com/spotter")

    def ask(url: str) -> Answer:
        body = {"contentType": "image/jpeg", "sizeBytes": 1000, "webhookUrl": url}
        headers = {"Content-Type": "application/json"}
        return request(upload.handler, "POST", "/upload", body=json.dumps(body), headers=headers)

    taken = ask("https://hooks.example.com/orders/4711")
    other_host = ask("https://victim.example.com/")
    private = ask("https://10.0.0.1/")

    assert taken.status == 201
    assert (other_host.status, other_host.body["code"]) == (422, "no_webhook_for_url")
    assert private.body["errors"][0]["location"] == "body.webhookUrl"
