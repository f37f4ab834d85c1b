"""A program is called when its picture is finished, and sees what became of the call."""

import json

from infra.local.demo.show import find_demo_photos
from tests.e2e.conftest import User, wait_until
from tests.receivers import running_receiver


def test_a_picture_calls_back_and_a_failed_call_is_repeated(user: User) -> None:
    photo = find_demo_photos()[0]
    with running_receiver() as receiver:
        body = {"url": f"{receiver.url}/hook", "events": ["task.succeeded"]}
        created = user.http.post("/webhooks", json=body)
        assert created.status_code == 201, created.text
        webhook = created.json()
        receiver.statuses["/orders/4711"] = 500

        answer = user.http.post(
            "/pictures",
            params={"reference": "order-4711", "webhookUrl": f"{receiver.url}/orders/4711"},
            content=photo.read_bytes(),
            headers={"Content-Type": "application/octet-stream"},
        )
        assert answer.status_code == 202, answer.text
        wait_until(lambda: receiver.calls)
        receiver.statuses.clear()
        wait_until(lambda: len(receiver.calls) > 1)

        path = f"/webhooks/{webhook['webhookId']}"
        [delivery] = wait_until(
            lambda: [
                it
                for it in user.http.get(f"{path}/deliveries").json()["deliveries"]
                if it["status"] == "delivered"
            ]
        )
        again = user.http.post(f"{path}/deliveries/{delivery['deliveryId']}/redeliver")
        wait_until(lambda: len(receiver.calls) > 2)
        deleted = user.http.delete(path)

    from standardwebhooks import Webhook

    message = Webhook(webhook["secret"]).verify(receiver.calls[0].body, receiver.calls[0].headers)
    assert {call.path for call in receiver.calls} == {"/orders/4711"}
    assert {json.loads(call.body)["data"]["taskId"] for call in receiver.calls} == {
        answer.json()["taskId"]
    }
    assert (message["type"], message["data"]["reference"]) == ("task.succeeded", "order-4711")
    assert message["data"]["labels"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 204]
    assert (again.status_code, deleted.status_code) == (202, 204)
