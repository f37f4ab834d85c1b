"""Corrected photos of users who share them, as an evaluation set in the COCO format.

https://cocodataset.org/#format-data
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.core.labels import Label
from pipeline.core.search.words import SHOWN_CONFIDENCE
from pipeline.core.sharing import find_sharers
from pipeline.core.tasks.record import Task
from portal import aws
from portal.corrections.disagreements import read_corrected

MOST_PHOTOS = 500

URL_LIFETIME = timedelta(hours=1)
"""A set of 500 photos takes a while to download."""

Part = dict[str, Any]


def read_shared() -> list[Task]:
    """The photos that were corrected last, of users who share them now."""
    corrected = read_corrected()
    sharers = find_sharers(task.owner_id for task in corrected)
    wanted = [task.task_id for task in corrected if task.owner_id in sharers][:MOST_PHOTOS]
    tasks = {task.task_id: task for task in Task.batch_get(wanted, consistent_read=True)}
    found = [tasks[task_id] for task_id in wanted if task_id in tasks]
    return [task for task in found if task.corrected and task.has_picture()]


def build_evaluation_set(tasks: Sequence[Task]) -> Part:
    """Describe these photos. Labels without a box are named by `labels` of their image."""
    shown = [_pick_shown(task) for task in tasks]
    parents = {label.name: label.parents for labels in shown for label in labels}
    numbers = {name: number for number, name in enumerate(sorted(parents), 1)}
    return {
        "info": {
            "description": "Photos whose labels their owners corrected and share",
            "date_created": datetime.now(UTC).isoformat(timespec="seconds"),
        },
        "images": [
            _build_image(number, task, labels)
            for number, (task, labels) in enumerate(zip(tasks, shown, strict=True), 1)
        ],
        "annotations": list(_build_annotations(zip(tasks, shown, strict=True), numbers)),
        "categories": [
            {
                "id": number,
                "name": name,
                "supercategory": parents[name][-1].name if parents[name] else name,
            }
            for name, number in numbers.items()
        ],
    }


def _pick_shown(task: Task) -> list[Label]:
    """What the owner saw and let stand, or named."""
    return [label for label in task.get_labels() if label.confidence >= SHOWN_CONFIDENCE]


def _build_image(number: int, task: Task, labels: Iterable[Label]) -> Part:
    kind = task.content_type.rpartition("/")[2]
    return {
        "id": number,
        "file_name": f"{task.task_id}.{kind}",
        "width": int(task.width),
        "height": int(task.height),
        "date_captured": task.created_at.isoformat(timespec="seconds"),
        "coco_url": aws.image_store().create_url(task.image_key, URL_LIFETIME),
        "labels": [label.name for label in labels],
        "not_in_photo": sorted(task.get_corrections().wrong),
        "models": task.models or {},
    }


def _build_annotations(
    photos: Iterable[tuple[Task, Iterable[Label]]], numbers: Mapping[str, int]
) -> Iterator[Part]:
    number = 0
    for image_number, (task, labels) in enumerate(photos, 1):
        for label in labels:
            for instance in label.instances:
                number += 1
                box = instance.bounding_box
                width, height = box.width * task.width, box.height * task.height
                yield {
                    "id": number,
                    "image_id": image_number,
                    "category_id": numbers[label.name],
                    "bbox": [
                        round(side, 1)
                        for side in (box.left * task.width, box.top * task.height, width, height)
                    ],
                    "area": round(width * height, 1),
                    "iscrowd": 0,
                }
