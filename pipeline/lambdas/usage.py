"""The limits of one user, what is left of them, and what was refused."""

import math
from datetime import UTC, datetime

from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.tasks import refusals
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.refusals import DAYS
from pipeline.lambdas.limits import (
    Limit,
    TokenBucket,
    build_byte_limit,
    build_pixel_limit,
    build_request_limit,
    build_storage_limit,
    build_upload_limit,
    read_factor,
    read_limits,
)
from pipeline.lambdas.settings import ApiSettings
from pipeline.lambdas.usage_days import UsageDayView, build_days
from pipeline.lambdas.waiting import WAIT_LIMIT


class LimitView(ApiModel):
    """One limit and what is left of it."""

    name: str = Field(
        description="`requests` of any route; `uploads`, larger ones counted as several;"
        " `megapixels`; `bytes` sent; `stored` bytes; `waits`: seconds that requests wait for"
        " results. New names may be added.",
        examples=["uploads"],
    )
    at_once: float = Field(description="So much may come at once after a pause.", examples=[30])
    per_second: float = Field(description="So much is added each second.", examples=[5])
    left: float = Field(description="So much may come now.", examples=[22])
    full_in_seconds: int = Field(
        description="Seconds until `left` is `atOnce` again, if nothing more comes.", examples=[2]
    )


class UnfinishedView(ApiModel):
    """Tasks that are not finished."""

    count: int = Field(description="How many there are, with unused forms.", examples=[3])
    most: int = Field(description="How many there may be.", examples=[100])


class RefusalView(ApiModel):
    """How often requests were refused with one code."""

    code: str = Field(description="Code of the error.", examples=["too_many_requests"])
    count: int = Field(description="How often.", examples=[2])


class Usage(ApiModel):
    """What the caller may do and did."""

    limits: list[LimitView] = Field(description="All limits that are counted over time.")
    unfinished: UnfinishedView = Field(description="The limit of tasks that are not finished.")
    refused: list[RefusalView] = Field(
        description=f"Refused uploads and retries of the last {DAYS} days, most often first."
    )
    days: list[UsageDayView] = Field(description="The last 30 days in UTC, oldest first.")


def build_usage(owner_id: str, settings: ApiSettings) -> Usage:
    """Read the limits of one user, what is left of them, and what was refused."""
    now, factor, limits = datetime.now(UTC), read_factor(owner_id), read_limits(settings)
    most = limits.max_unfinished_tasks * factor
    return Usage(
        limits=_read_buckets(owner_id, _list_limits(limits), factor, now),
        unfinished=UnfinishedView(count=Task.count_unfinished(owner_id, most), most=most),
        refused=[
            RefusalView(code=code, count=count)
            for code, count in refusals.read(owner_id).by_code.items()
        ],
        days=build_days(owner_id),
    )


def _list_limits(limits: ApiSettings) -> dict[str, Limit]:
    return {
        "requests": build_request_limit(limits),
        "uploads": build_upload_limit(limits),
        "megapixels": build_pixel_limit(limits),
        "bytes": build_byte_limit(limits),
        "stored": build_storage_limit(limits),
        "waits": WAIT_LIMIT,
    }


def _read_buckets(
    owner_id: str, limits: dict[str, Limit], factor: int, now: datetime
) -> list[LimitView]:
    keys = {name: f"{limit.name}:{owner_id}" for name, limit in limits.items()}
    full_at = {
        bucket.bucket_id: float(bucket.full_at or 0)
        for bucket in TokenBucket.batch_get(list(keys.values()))
    }
    return [
        _describe(name, limit, factor, max(0.0, full_at.get(keys[name], 0) - now.timestamp()))
        for name, limit in limits.items()
    ]


def _describe(name: str, limit: Limit, factor: int, used_seconds: float) -> LimitView:
    """Describe a limit.

    Args:
        factor: What operators multiplied the limits of this user with.
        used_seconds: Seconds until the bucket is full.
    """
    if name == "requests":
        factor = 1  # It does not grow with a quota
    left = max(0.0, limit.burst - used_seconds * limit.per_second)
    return LimitView(
        name=name,
        at_once=limit.burst * factor,
        per_second=limit.per_second * factor,
        left=round(left * factor, 3),
        full_in_seconds=math.ceil(used_seconds),
    )
