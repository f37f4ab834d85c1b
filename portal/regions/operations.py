"""What the runbook `region-lost` says: take over, give back, let callers back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from pipeline.core.regions import load_regions
from pipeline.core.takeover import tasks
from pipeline.core.takeover.tasks import Adopted, Place
from portal import aws
from portal.actions import audit
from portal.actions.forms import ConfirmForm, Data, ReasonForm, TypedForm
from portal.actions.items import RunItem
from portal.actions.operation import Invocation, Operation
from portal.regions.models import Region, open_switch

SHOWN_IDS = 20


class RegionOperation(Operation[Region]):
    """Something that the living region does about the other one."""

    permission = "regions.take_over_region"
    form_class = ReasonForm
    takes_many = takes_all = False

    def find_obstacle(self, row: Region) -> str:
        if row.is_here:
            return "this portal runs in it, and only a region that lives takes another one over"
        return ""


class TakeOver(RegionOperation):
    name = "take-over"
    label = "Take over"
    icon = "move_up"
    done = "Taken over"
    explanation = (
        "Callers leave the region within two minutes, also when it answers now and then. Its open "
        "tasks become tasks of this region, whose workers recognise their photos. Tasks whose "
        "photo has not arrived here stay where they are and are named: take over again some "
        "minutes later. Do this only if the region is really away. If it works after all, both "
        "regions may recognise the same photo, and no result is lost."
    )
    is_destructive = True
    always_runs = True

    def get_form(self, rows: Sequence[Region], data: Data = None) -> ConfirmForm:
        return TypedForm(data, label="Name of the region", expected=str(rows[0]))

    def advance(self, run: RunItem, invocation: Invocation, target: str) -> bool:
        lost = target.partition("/")[2]
        if run.result is None:
            open_switch().evacuate(lost)
        adopted = _read_adopted(run.result)
        place = tasks.adopt_page(
            lost,
            load_regions(),
            aws.image_store(),
            aws.task_queue(),
            adopted,
            _read_place(run.cursor),
        )
        missing = len(adopted.without_picture)
        count = adopted.queued + adopted.forms
        _note(run, place, RunItem.skipped_count.set(missing), count, _describe(adopted))
        if place is None:
            detail = (
                f"Evacuated; {adopted.queued} tasks are queued here, {adopted.forms} await a "
                f"photo, and {missing} stay because their photos have not arrived"
            )
            audit.record(invocation.operator, self.label, target, detail, invocation.reason)
        return place is None


class GiveBack(RegionOperation):
    name = "give-back"
    label = "Give tasks back"
    icon = "move_down"
    done = "Given back"
    explanation = (
        "Tasks that were taken over and that no worker has begun belong to the region again. Do "
        "this when it works again: a photo that was sent by form in the last second before the "
        "loss lies there, and only its own region can queue it."
    )
    always_runs = True

    def advance(self, run: RunItem, invocation: Invocation, target: str) -> bool:
        region = target.partition("/")[2]
        before = int(run.done_count)
        some, place = tasks.give_back_page(region, load_regions(), _read_place(run.cursor))
        count = before + some
        _note(run, place, RunItem.skipped_count.set(0), count, {"Given back": count})
        if place is None:
            detail = f"{count} tasks belong to {region} again"
            audit.record(invocation.operator, self.label, target, detail, invocation.reason)
        return place is None


class LetCallersBack(RegionOperation):
    name = "readmit"
    label = "Let callers back"
    icon = "login"
    done = "Let back"
    explanation = "Callers come to the region again within two minutes, if its health checks pass."

    def find_obstacle(self, row: Region) -> str:
        return super().find_obstacle(row) or ("" if row.is_evacuated else "it is not evacuated")

    def apply(self, invocation: Invocation, row: Region) -> str:
        open_switch().readmit(row.name)
        return f"Callers come to {row.name} again"


MISSING = "Stay, photo not here"
QUEUED, FORMS = "Queued here", "Await a photo"
IDS = f"The first {SHOWN_IDS} that stay"


def _describe(adopted: Adopted) -> dict[str, Any]:
    """For the page of the run, and for its next step."""
    return {
        QUEUED: adopted.queued,
        FORMS: adopted.forms,
        MISSING: len(adopted.without_picture),
        IDS: adopted.without_picture[:SHOWN_IDS],
    }


def _read_adopted(result: dict[str, Any] | None) -> Adopted:
    if result is None:
        return Adopted()
    ids = list(result[IDS])
    unknown = [""] * (int(result[MISSING]) - len(ids))
    return Adopted(int(result[QUEUED]), int(result[FORMS]), [*ids, *unknown])


def _read_place(cursor: str | None) -> Place:
    return Place(**json.loads(cursor)) if cursor else Place()


def _note(
    run: RunItem, place: Place | None, skipped: Any, count: int, result: dict[str, Any]
) -> None:
    run.update(
        actions=[
            RunItem.cursor.set(json.dumps(asdict(place)) if place else ""),
            RunItem.done_count.set(count),
            skipped,
            RunItem.result.set(result),
            RunItem.updated_at.set(datetime.now(UTC)),
        ]
    )
