"""COCO: boxes as programs that train detectors read them. https://cocodataset.org/#format-data

Boxes are written as they come. Photos and categories are short, so they are kept and written at the
end. Labels of a whole photo have no box; the photo lists them in `labels`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.labels import has_result


class CocoFile:
    """One JSON document with numbered photos, boxes and categories."""

    content_type = "application/json"

    def __init__(self) -> None:
        self._images: list[dict[str, Any]] = []
        self._categories: dict[str, int] = {}
        self._boxes = 0

    def includes(self, task: Task) -> bool:
        return has_result(task)

    def begin(self) -> bytes:
        info = {"description": "Spotter export", "version": "1.0"}
        return f'{{"info": {json.dumps(info)},\n"annotations": ['.encode()

    def add(self, task: Task) -> bytes:
        labels = task.get_labels()
        image = {
            "id": len(self._images) + 1,
            "file_name": task.file_name or task.task_id,
            "width": task.width,
            "height": task.height,
            "date_captured": task.created_at.isoformat(),
            "spotter_task_id": task.task_id,
            "labels": [label.name for label in labels if not label.instances],
        }
        self._images.append(image)
        return "".join(map(self._separate, self._list_boxes(task, len(self._images)))).encode()

    def end(self) -> bytes:
        categories = [
            {"id": number, "name": name, "supercategory": ""}
            for name, number in self._categories.items()
        ]
        rest = {"images": self._images, "categories": categories}
        return ("\n],\n" + json.dumps(rest)[1:] + "\n").encode()

    def save(self) -> Any:
        return {"images": self._images, "categories": self._categories, "boxes": self._boxes}

    def load(self, saved: Any) -> None:
        self._images = saved["images"]
        self._categories = saved["categories"]
        self._boxes = saved["boxes"]

    def _list_boxes(self, task: Task, image_id: int) -> Iterator[dict[str, Any]]:
        for label in task.get_labels():
            for instance in label.instances:
                box = instance.bounding_box
                width, height = box.width * task.width, box.height * task.height
                corner = (box.left * task.width, box.top * task.height)
                yield {
                    "image_id": image_id,
                    "category_id": self._categories.setdefault(
                        label.name, len(self._categories) + 1
                    ),
                    "bbox": [round(side, 2) for side in (*corner, width, height)],
                    "area": round(width * height, 2),
                    "iscrowd": 0,
                    "score": round(instance.confidence / 100, 4),
                }

    def _separate(self, box: dict[str, Any]) -> str:
        self._boxes += 1
        comma = "" if self._boxes == 1 else ","
        return f"{comma}\n" + json.dumps({"id": self._boxes, **box})
