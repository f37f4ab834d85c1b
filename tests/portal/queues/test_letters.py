"""Dead letters are shown without being consumed, sent again, and discarded."""

from __future__ import annotations

import boto3
import pytest
from django.test import Client

from pipeline.core.queue import TaskQueue
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import build_versions_owner
from portal.actions.items import AuditItem, RunItem
from portal.environment import env
from portal.queues import letters
from portal.queues.models import DeadLetter
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.portal.examples import count_messages, finish_run, save_dead_task, save_task, send_letter


def operate(client: Client, name: str, *ids: str, **answers: str) -> str:
    query = "&".join(f"id={message_id}" for message_id in ids)
    path = f"/queues/deadletter/operations/{name}/?{query}"
    return client.post(path, answers, follow=True).content.decode()


def count_letters() -> int:
    return count_messages(env.dead_letter_queue_url)


def count_visible_letters() -> int:
    return TaskQueue(env.dead_letter_queue_url).get_depth()


def test_a_letter_is_shown_with_its_task(viewer: Client) -> None:
    task, message_id = save_dead_task()

    listed = viewer.get("/queues/deadletter/").content.decode()
    detail = viewer.get(f"/queues/deadletter/{message_id}/change/").content.decode()

    assert task.task_id in listed
    assert "retries_exhausted" in listed
    assert "We tried several times and failed" in detail
    assert task.owner_id in detail


def test_the_letter_of_a_version_names_its_user(viewer: Client) -> None:
    _, message_id = save_dead_task(owner_id=build_versions_owner(OWNER_ID))

    detail = viewer.get(f"/queues/deadletter/{message_id}/change/").content.decode()

    assert f'q={OWNER_ID}"' in detail


def test_looking_at_letters_neither_removes_nor_hides_them(viewer: Client) -> None:
    for _ in range(15):
        save_dead_task()

    page = viewer.get("/queues/deadletter/").content.decode()
    visible = count_visible_letters()

    assert page.count("data-row ") == 15
    assert visible == 15


def test_a_letter_with_an_unknown_body_is_shown_too(viewer: Client) -> None:
    message_id = send_letter("<b>hello</b>")

    page = viewer.get(f"/queues/deadletter/{message_id}/change/").content.decode()

    assert "The body names no task" in page
    assert "&lt;b&gt;hello" in page


def test_a_redriven_task_is_queued_and_its_letter_is_gone(operator: Client) -> None:
    task, message_id = save_dead_task()

    page = operate(operator, "redrive", message_id)

    task.refresh()
    assert "Back in the queue" in page
    assert task.status == "queued"
    assert count_letters() == 0
    assert count_messages(settings.task_queue_url) == 1


def test_only_the_chosen_letters_are_redriven(operator: Client) -> None:
    [(_, first), (_, second), _] = [save_dead_task() for _ in range(3)]

    operate(operator, "redrive", first, second)

    assert count_visible_letters() == 1
    assert count_messages(settings.task_queue_url) == 2


def test_a_letter_whose_task_has_a_result_is_only_removed(operator: Client) -> None:
    task = save_task()
    message_id = send_letter(f'{{"task_id": "{task.task_id}"}}')

    operate(operator, "redrive", message_id)

    task.refresh()
    assert task.status == "succeeded"
    assert count_letters() == 0
    assert count_messages(settings.task_queue_url) == 0


def test_a_letter_of_a_deleted_task_stays_until_it_is_discarded(operator: Client) -> None:
    task, message_id = save_dead_task()
    task.delete()

    page = operate(operator, "redrive", message_id)

    assert "its task was deleted; discard the letter" in page
    assert count_visible_letters() == 1


def test_a_letter_that_names_no_task_is_sent_again_as_it_is(operator: Client) -> None:
    message_id = send_letter("hello")

    operate(operator, "redrive", message_id)

    [delivery] = TaskQueue(settings.task_queue_url).receive()
    assert delivery.body == "hello"
    assert count_letters() == 0


def test_discarding_needs_a_reason_and_stores_it(operator: Client) -> None:
    task, message_id = save_dead_task()

    asked = operate(operator, "discard", message_id)
    before = count_visible_letters()
    operate(operator, "discard", message_id, reason="A test of ours")

    task.refresh()
    assert "This field is required" in asked
    assert (before, count_letters()) == (1, 0)
    assert task.status == "failed"
    assert "A test of ours" in [entry.reason for entry in AuditItem.scan()]


def test_a_letter_that_somebody_else_holds_is_left_alone(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, message_id = save_dead_task()
    letter = DeadLetter.objects.filter(pk=message_id).first()
    TaskQueue(env.dead_letter_queue_url).receive()

    page = operate(operator, "redrive", message_id)

    task.refresh()
    assert letter is not None
    assert "no longer exists" in page
    assert task.status == "failed"


def test_a_look_holds_no_more_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "HOLD_LIMIT", 20)
    for _ in range(40):
        send_letter("hello")

    with letters.held() as found:
        count = len(found)

    assert count == 20
    assert count_visible_letters() == 40


def test_pages_hold_every_letter_once_beyond_two_hundred(viewer: Client) -> None:
    ids = {send_letter("hello") for _ in range(220)}
    queryset = DeadLetter.objects.all()

    seen: list[str] = []
    cursor = None
    while True:
        page = queryset.page(50, after=cursor)
        seen += [letter.pk for letter in page.rows]
        cursor = page.next_cursor
        if not cursor:
            break

    assert len(seen) == 220
    assert set(seen) == ids
    assert not page.warning


def test_letters_that_somebody_else_holds_are_counted(viewer: Client) -> None:
    for _ in range(13):
        send_letter("hello")

    with letters.held():
        page = viewer.get("/queues/deadletter/").content.decode()

    assert "13 letters are held by someone else. Try again in 30 s." in page
    assert "Every message was dealt with" not in page


def test_a_run_over_letters_whose_tasks_are_gone_ends(operator: Client) -> None:
    for number in range(30):
        send_letter(f'{{"task_id": "gone-{number}"}}')

    page = operator.post("/queues/deadletter/operations/redrive/?all=1", follow=True)
    run_id = page.redirect_chain[-1][0].split("/")[-3]
    finish_run(operator, run_id)

    run = RunItem.get(run_id)
    assert (run.state, run.skipped_count) == ("done", 30)
    assert count_visible_letters() == 30


def test_everything_is_redriven_in_a_run(operator: Client) -> None:
    tasks = [save_dead_task()[0] for _ in range(30)]

    page = operator.post("/queues/deadletter/operations/redrive/?all=1", follow=True)
    final = finish_run(operator, page.redirect_chain[-1][0].split("/")[-3])

    assert {Task.get(task.task_id).status for task in tasks} == {"queued"}
    assert count_letters() == 0
    assert "<dd>30</dd>" in final


def test_only_an_admin_who_types_the_name_can_purge_a_queue(
    operator: Client, admin: Client
) -> None:
    sqs = boto3.client("sqs")
    sqs.send_message(QueueUrl=settings.task_queue_url, MessageBody="hello")
    path = "/queues/queue/operations/purge/?id=tasks"

    refused = operator.post(path, {"confirmation": "tasks", "reason": "test"})
    wrong = admin.post(path, {"confirmation": "task", "reason": "test"}).content.decode()
    before = count_messages(settings.task_queue_url)
    admin.post(path, {"confirmation": "tasks", "reason": "test"})

    assert refused.status_code == 403
    assert "This is not the name of the queue" in wrong
    assert (before, count_messages(settings.task_queue_url)) == (1, 0)


def test_a_queue_shows_its_attributes(viewer: Client) -> None:
    page = viewer.get("/queues/queue/tasks/change/").content.decode()

    assert "Redrive policy" in page
    assert "tasks-dlq" in page
