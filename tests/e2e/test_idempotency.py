"""A repeated request has no second effect."""

from uuid import uuid4

import pytest

from infra.local import names
from infra.local.clients import Clients
from tests.e2e.conftest import User, wait_until
from tests.pictures import build_quadrants, encode

PNG = encode(build_quadrants(), "PNG")
DIRECT = {"Content-Type": "image/png"}


def test_a_repeated_direct_upload_creates_one_task(user: User) -> None:
    headers = {**DIRECT, "Idempotency-Key": str(uuid4())}

    answers = [user.http.post("/upload", content=PNG, headers=headers) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["taskId"] for answer in answers}) == 1


def test_a_repeated_request_for_a_form_gets_a_form_of_the_same_task(user: User) -> None:
    body = {"contentType": "image/png", "sizeBytes": len(PNG)}
    headers = {"Idempotency-Key": str(uuid4())}

    answers = [user.http.post("/upload", json=body, headers=headers) for _ in range(2)]

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["taskId"] for answer in answers}) == 1
    assert len({answer.json()["upload"]["fields"]["key"] for answer in answers}) == 1


def test_a_key_with_a_different_request_is_refused(user: User) -> None:
    headers = {**DIRECT, "Idempotency-Key": str(uuid4())}
    assert user.http.post("/upload", content=PNG, headers=headers).status_code == 202

    other = encode(build_quadrants(128, 128), "PNG")
    response = user.http.post("/upload", content=other, headers=headers)

    assert response.status_code == 409
    assert response.json()["code"] == "idempotency_key_reused"


@pytest.mark.parametrize("repeats", [5])
def test_duplicate_deliveries_give_one_result(user: User, root: Clients, repeats: int) -> None:
    task_id = user.client.upload_direct(PNG, "image/png", "a.png")
    first = user.client.wait_for_result(task_id)
    queue_url = root.sqs.get_queue_url(QueueName=names.TASK_QUEUE)["QueueUrl"]

    for _ in range(repeats):
        root.sqs.send_message(QueueUrl=queue_url, MessageBody=f'{{"task_id": "{task_id}"}}')
    wait_until(lambda: is_empty(root, queue_url))

    again = user.client.get_result(task_id)
    assert again["updatedAt"] == first["updatedAt"]
    assert again["labels"] == first["labels"]


def is_empty(root: Clients, queue_url: str) -> bool:
    counts = root.sqs.get_queue_attributes(
        QueueUrl=queue_url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )["Attributes"]
    return all(count == "0" for count in counts.values())
