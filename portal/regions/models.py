"""The regions of the system, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from http import HTTPStatus

from django.db import models
from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from pipeline.core.regions import load_regions
from pipeline.core.takeover.switch import Switch
from portal import aws
from portal.environment import env
from portal.remote.queryset import RemoteQuerySet

TIMEOUT = Timeout(connect=2, read=2)


def open_switch() -> Switch:
    """The switch that sends callers away from a region."""
    return Switch(env.page_bucket, aws.s3())


@cache
def _connect() -> PoolManager:
    return PoolManager(timeout=TIMEOUT, retries=False)


def does_answer(url: str) -> bool:
    """Whether a region's `GET /health` answers 200, as seen from the portal."""
    try:
        return bool(_connect().request("GET", url).status == HTTPStatus.OK)
    except HTTPError:
        return False


class RegionQuerySet(RemoteQuerySet["Region"]):
    def read_rows(self) -> Iterator[Region]:
        regions = load_regions()
        if not regions.names:
            return
        evacuated = open_switch().list_evacuated()
        urls = dict(zip(regions.names, env.region_health_urls.split(","), strict=True))
        for name in regions.names:
            yield self.build(
                source=None,
                name=name,
                is_here=name == regions.here,
                is_healthy=does_answer(urls[name]),
                is_evacuated=name in evacuated,
            )


class Region(models.Model):
    """One region. It has no SQL table."""

    name = models.CharField(primary_key=True, max_length=30)
    is_here = models.BooleanField("here")
    """Whether this portal runs in it."""
    is_healthy = models.BooleanField("answers")
    is_evacuated = models.BooleanField("evacuated")

    objects = RegionQuerySet.as_manager()
    source: None

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("take_over_region", "Can take over the tasks of a lost region"),)

    def __str__(self) -> str:
        return self.name
