"""Values that several tests share."""

import base64
from typing import Any

from pipeline.core.fingerprint import Fingerprint
from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.options import Detail
from pipeline.core.properties import DominantColor, ImageProperties, Quality, SimplifiedColor
from pipeline.core.storage import build_image_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.result import TaskResult
from pipeline.core.text import FoundLine, FoundText, FoundWord, Point

OWNER_ID = "8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"
OTHER_OWNER_ID = "c9f0f895-fb98-4b91-9a0e-5d6c7b8a9f01"

CAT = Label(
    name="cat",
    confidence=97.5,
    parents=[LabelName(name="animal")],
    instances=[
        Instance(
            bounding_box=BoundingBox(left=0.1, top=0.2, width=0.5, height=0.6), confidence=97.5
        )
    ],
)

PROPERTIES = ImageProperties(
    quality=Quality(brightness=52.1, sharpness=71.8, contrast=83.5),
    dominant_colors=[
        DominantColor(
            red=196,
            green=144,
            blue=98,
            hex_code="#c49062",
            css_color="peru",
            simplified_color=SimplifiedColor.BROWN,
            pixel_percent=31.4,
        )
    ],
)

TEXT = FoundText(
    lines=(
        FoundLine(
            corners=(Point(0.2, 0.1), Point(0.6, 0.1), Point(0.6, 0.2), Point(0.2, 0.2)),
            angle=0.0,
            confidence=98.2,
            words=(FoundWord("WAY", 98.9, 0.0, 0.5), FoundWord("OUT", 97.5, 0.6, 1.0)),
        ),
    ),
    truncated=False,
)

FINGERPRINT = Fingerprint(
    vector=base64.b64encode(bytes(range(256))).decode(),
    hash="d1c4a7390f5be268",
    mirrored_hash="84910d6ca50e4bc2",
)


def build_task(owner_id: str = OWNER_ID, **values: Any) -> Task:
    """A task that awaits its picture and is not saved."""
    request = {"content_type": "image/jpeg", "size_bytes": 1000, "min_confidence": 50}
    task = Task(owner_id=owner_id, **{**request, "max_labels": 20, **values})
    task.image_key = build_image_key(owner_id, task.task_id)
    return task


def build_result() -> TaskResult:
    return TaskResult(
        labels=[CAT],
        properties=PROPERTIES,
        text=TEXT,
        fingerprint=FINGERPRINT,
        content_type="image/jpeg",
        size_bytes=1000,
        width=640,
        height=480,
        sha256="0" * 64,
        detail=Detail.FAST,
        models={"classifier": "efficientnet_lite3", "detector": "ssd_mobilenet_v2"},
        decode_ms=12.34,
        inference_ms=98.76,
        has_preview=True,
        has_thumbnail=True,
    )


def succeed(task_id: str) -> None:
    """Start the task and store `build_result()`, as a worker does."""
    started = transitions.start(task_id, worker="worker-1", receive_count=1)
    transitions.succeed(started, build_result())


def save_result(owner_id: str = OWNER_ID, **values: Any) -> Task:
    """Save a task with `build_result()`: a cat, and the words "WAY OUT"."""
    task = build_task(owner_id, **values)
    transitions.insert(task)
    succeed(task.task_id)
    return Task.get(task.task_id)
