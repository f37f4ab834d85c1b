"""The picture in the API's answers, with signed addresses."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from pipeline.core.doors import Door, is_closed
from pipeline.core.labels import ApiModel
from pipeline.core.storage import (
    URL_LIFETIME,
    ImageStore,
    build_preview_key,
    build_thumbnail_key,
)
from pipeline.core.tasks.record import Task

_URL_SECONDS = int(URL_LIFETIME.total_seconds())


class ImageView(ApiModel):
    """The uploaded picture."""

    url: str | None = Field(
        description="Signed address of the picture. Anyone who has it can see the picture until it"
        " expires. Null while there is no picture, and after a failure that no retry can help: the"
        " picture is then deleted. Also null while the operators keep uploads closed.",
        examples=["https://images.example.com/images/...?X-Amz-Signature=..."],
    )
    preview_url: str | None = Field(
        description="Signed address of a smaller copy that every browser shows: a JPEG with a"
        " longer side of at most 1,280 pixels, upright, in sRGB and without metadata. Null until"
        " `succeeded`, and where the picture itself is as small and of such a format: use `url`.",
        examples=["https://images.example.com/images/....preview?X-Amz-Signature=..."],
    )
    thumbnail_url: str | None = Field(
        description="Signed address of a copy for lists: the same with at most 320 pixels, about"
        " 12 KB. Null until `succeeded`.",
        examples=["https://images.example.com/images/....thumbnail?X-Amz-Signature=..."],
    )
    metadata: Literal["kept", "removed"] | None = Field(
        description="What became of place, camera and other EXIF, XMP and IPTC in the picture,"
        " which `stripMetadata` decides. Null while there is no picture.",
        examples=["removed"],
    )
    url_expires_at: datetime | None = Field(
        description=f"When the addresses expire: {_URL_SECONDS} seconds after this answer. Ask for"
        " the result again to get new ones.",
        examples=["2026-11-22T12:01:01.020000Z"],
    )
    width: int | None = Field(
        description="Pixels of the upright picture; null until `succeeded`.", examples=[4032]
    )
    height: int | None = Field(
        description="Pixels of the upright picture; null until `succeeded`.", examples=[3024]
    )


def _describe_metadata(task: Task) -> Literal["kept", "removed"]:
    return "removed" if task.strip_metadata else "kept"


def build_image_view(task: Task, store: ImageStore | None) -> ImageView:
    """Show the picture of a task, with addresses if there is a `store`."""
    key: str | None = task.image_key if task.has_picture() else None
    # Traffic is the largest part of what a stranger can cost.
    urls = _sign_urls(task, key, store) if key and store and not is_closed(Door.UPLOADS) else {}
    return ImageView(
        url=urls.get("url"),
        preview_url=urls.get("preview_url"),
        thumbnail_url=urls.get("thumbnail_url"),
        metadata=_describe_metadata(task) if key else None,
        url_expires_at=datetime.now(UTC) + URL_LIFETIME if urls else None,
        width=task.width,
        height=task.height,
    )


def _sign_urls(task: Task, key: str, store: ImageStore) -> dict[str, str]:
    urls = {"url": store.create_url(key)}
    if task.has_preview:
        urls["preview_url"] = store.create_url(build_preview_key(key))
    if task.has_thumbnail:
        urls["thumbnail_url"] = store.create_url(build_thumbnail_key(key))
    return urls
