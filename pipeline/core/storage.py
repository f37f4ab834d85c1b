"""The private bucket of pictures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from botocore.config import Config
from botocore.exceptions import ClientError

from pipeline.core.clients import MAX_CONNECTIONS, create_client
from pipeline.core.errors import ImageMissingError
from pipeline.core.settings import FORM_LIFETIME

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

URL_LIFETIME = timedelta(seconds=60)
"""How long a presigned URL shows a picture. Anyone who has it can then fetch the picture any
number of times."""

IMAGE_PREFIX = "images/"
"""Pictures of tasks. No form is ever signed for a key below it, so a picture never changes."""

UPLOAD_PREFIX = "uploads/"
"""Where forms store pictures. `pipeline.core.tasks.flow.accept` copies them from here, once."""

PREVIEW_SUFFIX, THUMBNAIL_SUFFIX = ".preview", ".thumbnail"
"""Behind the key of a picture. Workers may write no other keys."""

CLIENT_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "max_attempts": 4},
    signature_version="s3v4",
    # Signed addresses use the host of the bucket in its region. The page's security policy allows
    # no other, and the global host redirects for a new bucket, which an upload form cannot follow.
    s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"},
    max_pool_connections=MAX_CONNECTIONS,
)


@dataclass(frozen=True)
class UploadForm:
    """A presigned POST. Anybody who has it may store this one picture until it expires."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


@dataclass(frozen=True)
class StoredPicture:
    """An object in the bucket."""

    key: str
    stored_at: datetime


def build_image_key(owner_id: str, task_id: str) -> str:
    """A new key for a task's picture. No other call returns the same one."""
    return f"{IMAGE_PREFIX}{owner_id}/{task_id}/{uuid4().hex}"


def build_upload_key(owner_id: str, task_id: str) -> str:
    """The key for which the task's form is signed."""
    return f"{UPLOAD_PREFIX}{owner_id}/{task_id}"


def build_prefixes(owner_id: str, task_id: str = "") -> tuple[str, str]:
    """The prefix of all pictures and previews of a task, or of its owner if no task is given."""
    return f"{IMAGE_PREFIX}{owner_id}/{task_id}", f"{UPLOAD_PREFIX}{owner_id}/{task_id}"


def get_owner_id(key: str) -> str:
    """The id of the owner that an image key or an upload key was built for."""
    return key.split("/")[1]


def build_preview_key(image_key: str) -> str:
    """The key of the preview of the picture with this key."""
    return f"{image_key}{PREVIEW_SUFFIX}"


def build_thumbnail_key(image_key: str) -> str:
    """The key of the thumbnail of the picture with this key."""
    return f"{image_key}{THUMBNAIL_SUFFIX}"


def get_image_key(key: str) -> str:
    """The key of the picture to which a preview or thumbnail belongs; that of a picture itself."""
    return key.removesuffix(PREVIEW_SUFFIX).removesuffix(THUMBNAIL_SUFFIX)


def get_task_id(key: str) -> str:
    """The id of the task that a key below either prefix was built for."""
    return key.split("/")[2]


class ImageStore:
    """Pictures in one S3 bucket. Safe to share between threads."""

    def __init__(self, bucket: str, client: S3Client | None = None) -> None:
        self._bucket = bucket
        self._client: S3Client = client or create_client("s3", CLIENT_CONFIG)

    def create_form(self, key: str, content_type: str, size_bytes: int) -> UploadForm:
        """Sign a form for one upload with this key, this type and at most this size.

        Args:
            size_bytes: S3 refuses a larger picture.
        """
        fixed = {
            "Content-Type": content_type,
            "x-amz-server-side-encryption": "AES256",
        }
        form = self._client.generate_presigned_post(
            self._bucket,
            key,
            Fields=dict(fixed),
            Conditions=[
                *({name: value} for name, value in fixed.items()),
                ["content-length-range", 1, size_bytes],
            ],
            ExpiresIn=int(FORM_LIFETIME.total_seconds()),
        )
        return UploadForm(form["url"], form["fields"], datetime.now(UTC) + FORM_LIFETIME)

    def create_url(self, key: str, lifetime: timedelta = URL_LIFETIME) -> str:
        """Sign a URL that shows the picture for this long. The picture may be missing."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": key},
            ExpiresIn=int(lifetime.total_seconds()),
        )

    def put(self, key: str, data: bytes, content_type: str) -> None:
        """Store a picture, or replace it."""
        self._client.put_object(
            Bucket=self._bucket,
            Key=key,
            Body=data,
            ContentType=content_type,
            ServerSideEncryption="AES256",
        )

    def download(self, key: str) -> bytes:
        """Read a picture.

        Raises:
            ImageMissingError: It is not there.
        """
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey as error:
            raise ImageMissingError from error

    def copy(self, source_key: str, target_key: str) -> None:
        """Copy a picture within the bucket.

        Raises:
            ImageMissingError: It is not there.
        """
        try:
            self._client.copy_object(
                Bucket=self._bucket,
                Key=target_key,
                CopySource={"Bucket": self._bucket, "Key": source_key},
                ServerSideEncryption="AES256",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                raise ImageMissingError from error
            raise

    def has(self, key: str) -> bool:
        """Whether the picture has arrived."""
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            # The answer to HEAD has no body, so botocore only knows its status.
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
            if status == HTTPStatus.NOT_FOUND:
                return False
            raise
        return True

    def is_replica(self, key: str) -> bool:
        """Whether S3 copied the picture from another region. It must be there."""
        head = self._client.head_object(Bucket=self._bucket, Key=key)
        return head.get("ReplicationStatus") == "REPLICA"

    def delete(self, key: str) -> None:
        """Delete the picture. It may be missing."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def list_page(self, prefix: str, *, after: str = "", limit: int = 1000) -> list[StoredPicture]:
        """List up to `limit` pictures whose key has this prefix, in order of their keys.

        Args:
            after: Leave out keys up to this one.
        """
        answer = self._client.list_objects_v2(
            Bucket=self._bucket, Prefix=prefix, MaxKeys=limit, StartAfter=after
        )
        return [
            StoredPicture(entry["Key"], entry["LastModified"])
            for entry in answer.get("Contents", [])
        ]
