"""The switch that sends callers away from a region: a file on the web page.

Route 53 looks whether the file is there, every 30 s and from outside of AWS's regions. So nothing
of DNS and Terraform is changed on the day, and no control plane is needed: docs/regions.md.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.config import Config

from pipeline.core.clients import create_client

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "evacuate/"
CACHE_SECONDS = 10
"""How long CloudFront may answer from its cache."""


def build_key(region: str) -> str:
    """The key of the region's file, and its path on the page."""
    return f"{PREFIX}{region}.json"


class Switch:
    """The files in the page's bucket of one region. CloudFront asks each region's bucket."""

    def __init__(self, bucket: str, client: S3Client | None = None) -> None:
        self._bucket = bucket
        self._client: S3Client = client or create_client(
            "s3", Config(connect_timeout=2, read_timeout=5, retries={"total_max_attempts": 3})
        )

    def evacuate(self, region: str) -> None:
        """Send callers away from the region. A repeat does no harm."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=build_key(region),
            # Everybody can read it: it says nothing about who did it, and why.
            Body=json.dumps({"region": region, "since": datetime.now(UTC).isoformat()}).encode(),
            ContentType="application/json",
            CacheControl=f"max-age={CACHE_SECONDS}",
            ServerSideEncryption="AES256",
        )

    def readmit(self, region: str) -> None:
        """Send callers to the region again, if its health checks pass."""
        self._client.delete_object(Bucket=self._bucket, Key=build_key(region))

    def list_evacuated(self) -> list[str]:
        """The regions that callers are sent away from."""
        answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=PREFIX)
        keys = [entry["Key"] for entry in answer.get("Contents", [])]
        return [key.removeprefix(PREFIX).removesuffix(".json") for key in keys]
