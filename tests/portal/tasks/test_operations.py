"""Staff retry tasks, have them recognised again and delete them."""

from __future__ import annotations

import boto3
from django.test import Client

from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import build_version_id
from portal import aws
from portal.actions.items import AuditItem
from portal.environment import env
from tests.environment import settings
from tests.portal.examples import (
    count_messages,
    save_failed_task,
    save_task,
)


def operate(client: Client, name: str, *tasks: Task, **answers: str) -> str:
    """Confirm an operation and return the page that follows."""
    ids = "&".join(f"id={task.task_id}" for task in tasks)
    path = f"/tasks/task/operations/{name}/?{ids}"
    return client.post(path, answers, follow=True).content.decode()


def has_picture(key: str) -> bool:
    return "Contents" in boto3.client("s3").list_objects_v2(
        Bucket=settings.images_bucket, Prefix=key
    )


def test_a_failed_task_goes_back_to_the_queue(operator: Client) -> None:
    task = save_failed_task()

    page = operate(operator, "retry", task)

    task.refresh()
    assert task.status == "queued"
    assert count_messages(settings.task_queue_url) == 1
    assert "Back in the queue" in page


def test_nothing_happens_before_the_confirmation(operator: Client) -> None:
    task = save_failed_task()

    page = operator.get(f"/tasks/task/operations/retry/?id={task.task_id}")

    task.refresh()
    assert "a worker tries it again" in page.content.decode()
    assert task.status == "failed"


def test_the_action_of_a_list_leads_to_the_confirmation(operator: Client) -> None:
    tasks = [save_failed_task() for _ in range(2)]
    form = {"action": "retry", "_selected_action": [task.task_id for task in tasks]}

    page = operator.post("/tasks/task/", form, follow=True)

    for task in tasks:
        task.refresh()
        assert task.task_id in page.content.decode()
        assert task.status == "failed"


def test_only_the_failed_tasks_of_a_choice_are_retried(operator: Client) -> None:
    failed, succeeded = save_failed_task(), save_task()

    page = operate(operator, "retry", failed, succeeded)

    succeeded.refresh()
    assert "Only failed tasks can be retried; this one succeeded" in page
    assert succeeded.status == "succeeded"
    assert count_messages(settings.task_queue_url) == 1


def test_recognising_again_queues_a_version_and_keeps_the_result(operator: Client) -> None:
    task = save_task()

    page = operate(operator, "recognise", task)

    task.refresh()
    version = Task.get(build_version_id(task.task_id, 2))
    assert (task.status, version.status) == ("succeeded", "queued")
    assert f'href="/tasks/task/{version.task_id}/change/">' in page
    assert count_messages(settings.task_queue_url) == 1


def test_recognising_again_keeps_a_least_confidence_of_zero(operator: Client) -> None:
    task = save_task(min_confidence=0)

    operate(operator, "recognise", task)

    assert Task.get(build_version_id(task.task_id, 2)).min_confidence == 0


def test_a_task_that_is_being_recognised_again_is_left_alone(operator: Client) -> None:
    task = save_task(detail="fine")
    operate(operator, "recognise", task)
    started = transitions.start(build_version_id(task.task_id, 2), worker="w", receive_count=1)
    Task(started.task_id).update(actions=[Task.detail.set("fast")])

    page = operate(operator, "recognise", task)

    assert "it is being recognised again already" in page
    assert Task.get(task.task_id).versions_asked == 2


def test_a_version_is_not_recognised_again_but_its_task(operator: Client) -> None:
    task = save_task()
    operate(operator, "recognise", task)

    page = operate(operator, "recognise", Task.get(build_version_id(task.task_id, 2)))

    assert "recognise its task again" in page


def test_a_version_is_not_deleted_without_its_task(operator: Client) -> None:
    task = save_task()
    operate(operator, "recognise", task)
    version = Task.get(build_version_id(task.task_id, 2))

    page = operate(operator, "delete", version, reason="A test")

    assert "delete its task" in page
    assert Task.get(version.task_id).status == "queued"


def test_looking_at_the_picture_of_another_user_is_audited(viewer: Client) -> None:
    task = save_task()

    viewer.get(f"/tasks/task/{task.task_id}/change/")

    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Look at picture"]
    assert (entry.operator, entry.target) == ("the-viewer", f"tasks.task/{task.task_id}")


def test_a_picture_is_not_shown_while_the_audit_log_fails(viewer: Client) -> None:
    task = save_task()
    boto3.client("dynamodb").delete_table(TableName=env.audit_table)

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "X-Amz-Signature" not in page
    assert "the audit log does not answer" in page


def test_a_picture_that_is_gone_cannot_be_recognised_again(operator: Client) -> None:
    task = save_task()
    boto3.client("s3").delete_object(Bucket=settings.images_bucket, Key=task.image_key)

    page = operate(operator, "recognise", task)

    assert "its picture is gone from storage" in page
    assert Task.count() == 1


def test_deleting_removes_picture_and_record(operator: Client) -> None:
    task = save_task()

    page = operate(operator, "delete", task, reason="Asked by the owner")

    assert "Deleted" in page
    assert Task.count() == 0
    assert not has_picture(task.image_key)


def test_a_picture_that_is_uploaded_during_a_deletion_is_deleted(operator: Client) -> None:
    task = save_task()
    uploads = iter([b"a picture"])

    def upload(**_: object) -> None:
        for body in uploads:
            boto3.client("s3").put_object(
                Bucket=settings.images_bucket, Key=task.image_key, Body=body
            )

    aws.s3().meta.events.register("after-call.s3.DeleteObject", upload)

    operate(operator, "delete", task, reason="Asked by the owner")

    assert not has_picture(task.image_key)


def test_deleting_needs_a_reason(operator: Client) -> None:
    task = save_task()

    page = operate(operator, "delete", task)

    assert "This field is required" in page
    assert Task.count() == 1


def test_an_operation_is_in_the_audit_log_and_in_the_history(operator: Client) -> None:
    task = save_task()
    operate(operator, "delete", task, reason="Asked by the owner")

    history = operator.get(f"/tasks/task/{task.task_id}/history/").content.decode()
    recent = operator.get("/").content.decode()

    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Delete"]
    assert entry.operator == "the-operator"
    assert entry.reason == "Asked by the owner"
    assert entry.target == f"tasks.task/{task.task_id}"
    assert "Asked by the owner" in history
    assert "Asked by the owner" in recent


def test_an_operation_is_not_done_while_the_audit_log_fails(operator: Client) -> None:
    task = save_failed_task()
    boto3.client("dynamodb").delete_table(TableName=env.audit_table)

    page = operate(operator, "retry", task)

    task.refresh()
    assert "Stopped: " in page
    assert task.status == "failed"
