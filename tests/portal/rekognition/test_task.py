"""The page of a task says who answered and what it cost."""

from __future__ import annotations

from django.test import Client

from pipeline.core.engines import Answer, Reason
from pipeline.core.options import Engine
from pipeline.core.tasks.record import Task
from tests.portal.examples import save_task


def test_a_task_shows_its_engine_its_cost_and_unwanted_content(viewer: Client) -> None:
    task = save_task(engine="auto")
    answer = Answer(by=Engine.REKOGNITION, reason=Reason.UNSURE, cost_usd=0.002)
    weapons = {"name": "Weapons", "confidence": 87.6, "parentName": "Violence"}
    task.update(
        actions=[
            Task.answer.set(answer.model_dump(mode="json", by_alias=True)),
            Task.moderation.set([weapons]),
        ]
    )

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "asked: auto; answered: rekognition, unsure, 0.002 USD" in page
    assert "Weapons 88" in page


def test_a_task_of_our_own_networks_says_nothing_about_engines(viewer: Client) -> None:
    task = save_task()

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "<dt>Engine</dt>" not in page
    assert "<dt>Unwanted</dt>" not in page


def test_a_task_shows_the_models_and_the_look_that_nobody_asked_for(viewer: Client) -> None:
    task = save_task(chosen_models={"spotter", "flowers"})
    task.update(actions=[Task.looked.set("fine")])

    page = viewer.get(f"/tasks/task/{task.task_id}/change/").content.decode()

    assert "by flowers, spotter" in page
    assert "an idle worker looked closer" in page
