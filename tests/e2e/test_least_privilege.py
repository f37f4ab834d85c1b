"""A stolen key of a worker can do only a worker's work."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import AccessKey, State

FORBIDDEN: dict[str, Callable[[Clients, State], object]] = {
    "delete a picture": lambda key, _: key.s3.delete_object(
        Bucket=names.IMAGES_BUCKET, Key="images/a/b"
    ),
    "store a picture": lambda key, _: key.s3.put_object(
        Bucket=names.IMAGES_BUCKET, Key="images/a/b", Body=b"x"
    ),
    "read users": lambda key, system: key.cognito.list_users(UserPoolId=system.user_pool_id),
    "send a message": lambda key, system: key.sqs.send_message(
        QueueUrl=system.task_queue_url, MessageBody="x"
    ),
    "purge the queue": lambda key, system: key.sqs.purge_queue(QueueUrl=system.task_queue_url),
    "read the dead letters": lambda key, system: key.sqs.receive_message(
        QueueUrl=system.dead_letter_queue_url
    ),
    "delete a task": lambda key, _: key.dynamodb.delete_item(
        TableName=names.TASKS_TABLE, Key={"task_id": {"S": "x"}}
    ),
    "read all tasks": lambda key, _: key.dynamodb.scan(TableName=names.TASKS_TABLE),
    "change a function": lambda key, _: key.functions.update_function_configuration(
        FunctionName=names.build_function_name("upload"), Timeout=1
    ),
    "make a key": lambda key, _: key.iam.create_access_key(UserName=names.WORKER_USER),
}


INVENTED = AccessKey(access_key_id="AKIAAAAAAAAAAAAAAAAA", secret_access_key="made-up")


@pytest.fixture(scope="module")
def worker(system: State) -> Clients:
    """Clients with the worker's key."""
    return Clients(system.endpoint, system.worker_key)


@pytest.mark.parametrize("action", FORBIDDEN)
def test_the_workers_key_cannot(action: str, worker: Clients, system: State) -> None:
    with pytest.raises(ClientError) as caught:
        FORBIDDEN[action](worker, system)

    code = caught.value.response["Error"]["Code"]
    assert code in ("AccessDenied", "AccessDeniedException"), code


def test_the_workers_key_can_do_its_work(worker: Clients, system: State) -> None:
    received = worker.sqs.receive_message(QueueUrl=system.task_queue_url, WaitTimeSeconds=0)

    assert received["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_an_invented_key_is_refused(system: State) -> None:
    nobody = Clients(system.endpoint, INVENTED)

    with pytest.raises(ClientError) as caught:
        nobody.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET)

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
