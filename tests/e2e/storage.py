"""The bucket and the table of the local system."""

from dataclasses import dataclass
from typing import Any

from infra.local import names
from infra.local.clients import Clients
from pipeline.core.storage import (
    build_prefixes,
    get_image_key,
)
from tests.e2e.conftest import User


@dataclass(frozen=True)
class Storage:
    """The bucket and the table, as only their account sees them."""

    root: Clients

    def find_pictures(self, user: User, task_id: str) -> list[str]:
        """The keys of all pictures of a task, of uploads too, without their small copies."""
        return [key for key in self.find_keys(user, task_id) if get_image_key(key) == key]

    def find_keys(self, user: User, task_id: str) -> list[str]:
        """The keys of everything that is stored for a task."""
        pages = [
            self.root.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET, Prefix=prefix)
            for prefix in build_prefixes(user.owner_id, task_id)
        ]
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]

    def delete_waiting_task(self, user: User) -> str | None:
        """Delete a task of the user whose picture is not stored yet, as the user can.

        Returns:
            Its id, or None if there was none.
        """
        status: Any = {"#status": "status"}
        waiting: Any = {":waiting": {"S": "awaiting_upload"}}
        found = self.root.dynamodb.query(
            TableName=names.TASKS_TABLE,
            IndexName="by_owner",
            KeyConditionExpression="owner_id = :owner",
            FilterExpression="#status = :waiting",
            ExpressionAttributeNames=status,
            ExpressionAttributeValues={**waiting, ":owner": {"S": user.owner_id}},
        )["Items"]
        if not found:
            return None
        try:
            self.root.dynamodb.delete_item(
                TableName=names.TASKS_TABLE,
                Key={"task_id": found[0]["task_id"]},
                ConditionExpression="#status = :waiting",
                ExpressionAttributeNames=status,
                ExpressionAttributeValues=waiting,
            )
        except self.root.dynamodb.exceptions.ConditionalCheckFailedException:
            return None
        return found[0]["task_id"]["S"]

    def read_sha256(self, task_id: str) -> str:
        """The checksum of the picture that the worker recognised."""
        key = {"task_id": {"S": task_id}}
        item = self.root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
        return item["sha256"]["S"]


def has_one_picture(storage: Storage, user: User, task_id: str) -> bool:
    return len(storage.find_pictures(user, task_id)) == 1
