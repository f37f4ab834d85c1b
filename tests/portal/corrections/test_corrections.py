"""Operators see where users disagree with the models, and export what users share."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from pipeline.core.corrections import Corrections, NamedLabel, Renaming
from pipeline.core.sharing import choose_sharing, forget_sharing
from pipeline.core.tasks.correct import correct
from pipeline.core.tasks.record import Task
from portal.actions.items import AuditItem
from portal.corrections import coco, disagreements
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result

LIST = "/corrections/disagreement/"
DOG = Corrections(renamed=[Renaming(found="cat", named=NamedLabel(name="dog"))])
NO_CAT = Corrections(removed=["cat"], added=[NamedLabel(name="snow")])


def save_corrected(owner_id: str, made: Corrections) -> Task:
    task = save_result(owner_id)
    correct(task, made, revision=None)
    return task


def read(client: Client, path: str = LIST) -> str:
    """A page as it reads, with single spaces."""
    return " ".join(client.get(path).content.decode().split())


def export(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(client.post(f"{LIST}export/").content)
    return found


def test_the_same_correction_of_the_same_models_is_one_row(viewer: Client) -> None:
    for owner_id in (OWNER_ID, OWNER_ID, OTHER_OWNER_ID):
        save_corrected(owner_id, DOG)
    save_corrected(OWNER_ID, NO_CAT)

    [dog, missed, wrong] = disagreements.list_disagreements()

    assert (dog.found, dog.right, len(dog.tasks), dog.owner_count) == ("cat", "dog", 3, 2)
    assert dog.confidence == 97.5
    assert dog.models == "efficientnet_lite3, ssd_mobilenet_v2"
    assert (missed.right, missed.kind) == ("snow", disagreements.Kind.MISSED)
    assert (wrong.found, wrong.kind) == ("cat", disagreements.Kind.WRONG)
    page = read(viewer)
    for text in ("cat → dog", "called something else", "97.5 %", "snow", "cat → nothing"):
        assert text in page


def test_results_of_other_models_are_another_row() -> None:
    save_corrected(OWNER_ID, DOG)
    newer = save_corrected(OWNER_ID, DOG)
    newer.update(actions=[Task.models.set({"classifier": "another_net"})])

    assert [one.models for one in disagreements.list_disagreements()] == [
        "another_net",
        "efficientnet_lite3, ssd_mobilenet_v2",
    ]


def test_models_that_read_text_make_no_other_row() -> None:
    plain = save_corrected(OWNER_ID, DOG)
    with_text = save_corrected(OWNER_ID, DOG)
    read_text = {"textDetector": "a_detector", "textReader": "a_reader"}
    with_text.update(actions=[Task.models.set({**(plain.models or {}), **read_text})])

    [row] = disagreements.list_disagreements()

    assert (len(row.tasks), row.models) == (2, "efficientnet_lite3, ssd_mobilenet_v2")


def test_only_the_results_that_were_corrected_last_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(disagreements, "READ_LIMIT", 2)
    _, second, third = (save_corrected(OWNER_ID, DOG) for _ in range(3))

    [row] = disagreements.list_disagreements()

    assert [task.task_id for task in row.tasks] == [third.task_id, second.task_id]


def test_its_page_leads_to_the_tasks(viewer: Client) -> None:
    task = save_corrected(OWNER_ID, DOG)
    [row] = disagreements.list_disagreements()

    page = read(viewer, f"{LIST}{row.key}/change/")

    assert f"/tasks/task/{task.task_id}/change/" in page


def test_the_page_of_the_task_shows_both(viewer: Client) -> None:
    task = save_corrected(OWNER_ID, DOG)

    page = read(viewer, f"/tasks/task/{task.task_id}/change/")

    assert 'data-label="cat"' in page
    assert "Corrected by the user" in page
    assert ": dog" in page


def test_what_was_taken_back_or_deleted_is_not_listed() -> None:
    correct(save_corrected(OWNER_ID, DOG), Corrections(), revision=None)
    save_corrected(OWNER_ID, DOG).delete()

    assert disagreements.list_disagreements() == []


def test_the_evaluation_set_has_photos_of_users_who_share_them_and_no_others(
    admin: Client,
) -> None:
    mine, _ = save_corrected(OWNER_ID, DOG), save_corrected(OTHER_OWNER_ID, DOG)
    save_result(OWNER_ID)  # Nobody has corrected it
    choose_sharing(OWNER_ID, corrections=True)

    found = export(admin)

    [image] = found["images"]
    assert image["file_name"] == f"{mine.task_id}.jpeg"
    assert (image["width"], image["height"]) == (640, 480)
    assert (image["labels"], image["not_in_photo"]) == (["dog"], ["cat"])
    assert mine.image_key in image["coco_url"]
    assert "X-Amz-Expires=3600" in image["coco_url"]
    [box] = found["annotations"]
    assert (box["image_id"], box["bbox"], box["area"]) == (1, [64, 96, 320, 288], 92160)
    categories = {one["id"]: one["name"] for one in found["categories"]}
    assert categories == {box["category_id"]: "dog"}
    [entry] = [one for one in AuditItem.scan() if one.action == "Export"]
    assert entry.detail == "Evaluation set of 1 photos of 1 users"


@pytest.mark.parametrize("take_back", ["no", "forgotten"])
def test_a_user_who_no_longer_shares_is_in_no_new_set(take_back: str, admin: Client) -> None:
    save_corrected(OWNER_ID, DOG)
    choose_sharing(OWNER_ID, corrections=True)
    assert len(export(admin)["images"]) == 1

    if take_back == "no":
        choose_sharing(OWNER_ID, corrections=False)
    else:
        forget_sharing(OWNER_ID)

    assert export(admin)["images"] == []


def test_a_set_has_a_bound(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coco, "MOST_PHOTOS", 2)
    for _ in range(3):
        save_corrected(OWNER_ID, DOG)
    choose_sharing(OWNER_ID, corrections=True)

    assert len(export(admin)["images"]) == 2


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_only_an_admin_exports(role: str, request: pytest.FixtureRequest) -> None:
    client: Client = request.getfixturevalue(role)

    assert client.post(f"{LIST}export/").status_code == 403
    assert "Export shared photos" not in read(client)
