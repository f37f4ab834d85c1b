"""Lets tables and buckets of two local regions be copied, as Terraform does on AWS."""

from __future__ import annotations

from typing import Any

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources.images import ensure_bucket
from infra.local.resources.portal import TABLES as PORTAL_TABLES
from pipeline.core.storage import IMAGE_PREFIX

SHARED_TABLES = (
    names.TASKS_TABLE,
    names.WEBHOOKS_TABLE,
    names.DELIVERIES_TABLE,
    *PORTAL_TABLES.values(),
)
"""All tables but those of which each region has its own. A test compares them with Terraform."""

ROLE = f"arn:aws:iam::{names.ACCOUNT_ID}:role/{names.SHARED_PREFIX}-replication"


def copy_between(first: Clients, second: Clients) -> None:
    """Make tables global, and copy pictures both ways and the page one way."""
    for table in SHARED_TABLES:
        _replicate_table(first, table, second.region)
    suffix = names.build_suffix(second.region)
    for bucket, prefix, both_ways in (
        (names.IMAGES_BUCKET, IMAGE_PREFIX, True),
        (names.PAGE_BUCKET, "", False),
    ):
        copy = f"{bucket}{suffix}"
        ensure_bucket(second, copy)
        for clients, name in ((first, bucket), (second, copy)):
            clients.s3.put_bucket_versioning(
                Bucket=name, VersioningConfiguration={"Status": "Enabled"}
            )
        copy_bucket(first, bucket, copy, prefix)
        if both_ways:
            copy_bucket(second, copy, bucket, prefix)


def _replicate_table(clients: Clients, table: str, region: str) -> None:
    found: Any = clients.dynamodb.describe_table(TableName=table)["Table"]
    if not found.get("Replicas"):
        clients.dynamodb.update_table(
            TableName=table, ReplicaUpdates=[{"Create": {"RegionName": region}}]
        )


def copy_bucket(clients: Clients, source: str, target: str, prefix: str) -> None:
    """Copy what is stored in a bucket from now on, and its deletions. Both have versions."""
    clients.s3.put_bucket_replication(
        Bucket=source,
        ReplicationConfiguration={
            "Role": ROLE,
            "Rules": [
                {
                    "ID": "all",
                    "Priority": 1,
                    "Status": "Enabled",
                    "Filter": {"Prefix": prefix},
                    "DeleteMarkerReplication": {"Status": "Enabled"},
                    "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
                }
            ],
        },
    )
