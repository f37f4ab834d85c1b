"""The files of exports in the private bucket, written in parts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from pipeline.core.clients import create_client
from pipeline.core.exports.record import Export
from pipeline.core.storage import CLIENT_CONFIG

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

EXPORT_PREFIX = "exports/"

URL_LIFETIME = timedelta(minutes=5)
"""A download must begin within this time. Until then anyone who has the address gets the file."""

_LISTED = 1000
"""More objects than one export has."""


def build_prefix(owner_id: str, export_id: str = "") -> str:
    """The prefix of the objects of an export, or of all of its owner."""
    return f"{EXPORT_PREFIX}{owner_id}/{export_id}"


def build_file_key(export: Export) -> str:
    return f"{build_prefix(export.owner_id, export.export_id)}/file"


def build_state_key(export: Export) -> str:
    """Where the function that writes it keeps how far it came."""
    return f"{build_prefix(export.owner_id, export.export_id)}/state"


class UploadGoneError(Exception):
    """S3 does not know the upload any more: it was completed, given up, or never begun."""


class ExportFiles:
    """The objects of exports in one S3 bucket. Encrypted, and private like all of the bucket."""

    def __init__(self, bucket: str, client: S3Client | None = None) -> None:
        self._bucket = bucket
        self._client: S3Client = client or create_client("s3", CLIENT_CONFIG)

    def begin(self, key: str, content_type: str, file_name: str) -> str:
        """Begin an upload in parts and return its id."""
        answer = self._client.create_multipart_upload(
            Bucket=self._bucket,
            Key=key,
            ContentType=content_type,
            ContentDisposition=f'attachment; filename="{file_name}"',
            ServerSideEncryption="AES256",
        )
        return answer["UploadId"]

    def put_part(self, key: str, upload_id: str, number: int, data: bytes) -> str:
        """Store a part, or replace it. All but the last need 5 MiB.

        Returns:
            The part's tag, which `complete` needs.

        Raises:
            UploadGoneError: The upload is over.
        """
        try:
            answer = self._client.upload_part(
                Bucket=self._bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=data
            )
        except ClientError as error:
            raise _translate(error) from error
        return answer["ETag"]

    def complete(self, key: str, upload_id: str, tags: list[str]) -> None:
        """Make one object of the parts.

        Raises:
            UploadGoneError: The upload is over.
        """
        try:
            self._client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=key,
                UploadId=upload_id,
                MultipartUpload={
                    "Parts": [
                        {"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)
                    ]
                },
            )
        except ClientError as error:
            raise _translate(error) from error

    def abort(self, key: str, upload_id: str) -> None:
        """Delete the parts of an upload. It may be over."""
        try:
            self._client.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)
        except ClientError as error:
            if not isinstance(_translate(error), UploadGoneError):
                raise

    def put(self, key: str, data: bytes) -> None:
        """Store a small object."""
        self._client.put_object(
            Bucket=self._bucket, Key=key, Body=data, ServerSideEncryption="AES256"
        )

    def find(self, key: str) -> bytes | None:
        """Read a small object; None if it is not there."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        except self._client.exceptions.NoSuchKey:
            return None

    def find_size(self, key: str) -> int | None:
        """The bytes of an object; None if it is not there."""
        return dict(self._list(key)).get(key)

    def delete(self, key: str) -> None:
        """Delete an object. It may be missing."""
        self._client.delete_object(Bucket=self._bucket, Key=key)

    def delete_all(self, owner_id: str, export_id: str) -> None:
        """Delete the objects of an export."""
        for key, _ in self._list(build_prefix(owner_id, export_id)):
            self.delete(key)

    def create_url(self, export: Export) -> str:
        """Sign an address that begins a download within `URL_LIFETIME`."""
        return self._client.generate_presigned_url(
            "get_object",
            Params={"Bucket": self._bucket, "Key": build_file_key(export)},
            ExpiresIn=int(URL_LIFETIME.total_seconds()),
        )

    def _list(self, prefix: str) -> list[tuple[str, int]]:
        answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=prefix, MaxKeys=_LISTED)
        return [(entry["Key"], entry["Size"]) for entry in answer.get("Contents", [])]


def _translate(error: ClientError) -> Exception:
    is_gone = error.response["Error"]["Code"] in ("NoSuchUpload", "404")
    return UploadGoneError() if is_gone else error
