"""The AWS resources that a deploy creates without Terraform."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from infra.deploy.errors import DeployError
from infra.package.archive import Artefact

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

NOT_FOUND = ("404", "NoSuchBucket", "NotFound")

RELEASED = ("lambdas", "worker")
"""The kinds of releases, which a rollback takes back together."""


class Account:
    """One environment in an account and region."""

    def __init__(self, environment: str, region: str) -> None:
        self.name = f"spotter-{environment}"
        self.region = region
        self._session = boto3.Session(region_name=region)
        self._s3: S3Client = self._session.client("s3")
        self._ssm = self._session.client("ssm")
        try:
            self.id = self._session.client("sts").get_caller_identity()["Account"]
        except (BotoCoreError, ClientError) as error:
            raise DeployError(
                f"AWS refuses your credentials: {error}. Run aws configure first."
            ) from error

    @property
    def state_bucket(self) -> str:
        """The bucket of Terraform's state."""
        return f"{self.name}-state-{self.id}"

    def ensure_state_bucket(self) -> None:
        """Create the bucket of the state, which Terraform needs before it can create anything."""
        bucket = self.state_bucket
        if not self._has_bucket(bucket):
            place = {"LocationConstraint": self.region}
            # us-east-1 accepts no constraint
            extra = {} if self.region == "us-east-1" else {"CreateBucketConfiguration": place}
            self._s3.create_bucket(Bucket=bucket, **extra)  # type: ignore[arg-type]
        self._s3.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={
                "BlockPublicAcls": True,
                "BlockPublicPolicy": True,
                "IgnorePublicAcls": True,
                "RestrictPublicBuckets": True,
            },
        )
        # Versioning can restore an overwritten state.
        self._s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        self._s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(_build_tls_policy(bucket)))

    def upload(self, bucket: str, key: str, path: Path) -> bool:
        """Upload a file whose key contains its hash.

        Returns:
            False if it was uploaded before.
        """
        if self._has_file(bucket, key):
            return False
        self._s3.upload_file(str(path), bucket, key)
        return True

    def share_release(self, source: str, buckets: Sequence[str]) -> None:
        """Copy weights and the release of today to the buckets that lack them.

        A region that was added since then could not go back to this release.
        """
        others = [bucket for bucket in buckets if bucket != source]
        if not others:
            return
        releases = [f"{kind}/{it}" for kind in RELEASED for it in self.get_history(kind)[-1:]]
        for prefix in ("weights/", *releases):
            pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=source, Prefix=prefix)
            for key in [it["Key"] for page in pages for it in page.get("Contents", [])]:
                for bucket in others:
                    if not self._has_file(bucket, key):
                        self._s3.copy({"Bucket": source, "Key": key}, bucket, key)

    def _has_file(self, bucket: str, key: str) -> bool:
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in NOT_FOUND:
                raise
            return False
        return True

    def release(self, buckets: Sequence[str], kind: str, artefact: Artefact) -> None:
        """Upload an artefact to each region's bucket, and make it the release of the next apply."""
        suffix = "".join(artefact.path.suffixes)
        for bucket in buckets:
            self.upload(bucket, f"{kind}/{artefact.sha256}{suffix}", artefact.path)
        self.set_parameter(kind, artefact.sha256)

    def set_parameter(self, name: str, value: str) -> bool:
        """Set a parameter below /NAME/release, which Terraform reads.

        Returns:
            False if it has this value already.
        """
        path = self._parameter(name)
        if value in self.get_history(name)[-1:]:
            return False
        self._ssm.put_parameter(Name=path, Value=value, Type="String", Overwrite=True)
        return True

    def get_history(self, name: str) -> list[str]:
        """All values of a parameter, oldest first; empty if it was never set."""
        try:
            pages = self._ssm.get_paginator("get_parameter_history").paginate(
                Name=self._parameter(name)
            )
            return [entry["Value"] for page in pages for entry in page["Parameters"]]
        except self._ssm.exceptions.ParameterNotFound:
            return []

    def roll_back(self, kind: str) -> str:
        """Make the previous release the one of the next apply.

        Raises:
            DeployError: There is no earlier release.
        """
        history = self.get_history(kind)
        earlier = [value for value in history if value != history[-1]]
        if not earlier:
            raise DeployError(
                f"There is no earlier release of {kind}. Deploy the commit that you want instead."
            )
        self.set_parameter(kind, earlier[-1])
        return earlier[-1]

    def forget_release(self) -> None:
        """Delete the release and the portal's secrets, so that a new deploy starts empty."""
        pages = self._ssm.get_paginator("get_parameters_by_path").paginate(
            Path=f"/{self.name}", Recursive=True
        )
        for name in [it["Name"] for page in pages for it in page["Parameters"]]:
            self._ssm.delete_parameter(Name=name)

    def ensure_portal_secrets(self, name: str, client_secret: str) -> None:
        """Write the portal's secrets to the SSM parameter `name`.

        Keys are made once and kept. AWS's own key encrypts the parameter, which is free.
        """
        try:
            found = self._ssm.get_parameter(Name=name, WithDecryption=True)
            value = json.loads(found["Parameter"]["Value"])
        except self._ssm.exceptions.ParameterNotFound:
            value = {}
        keys = ("django_secret_key", "second_factor_key")
        made = {name: secrets.token_urlsafe(50) for name in keys}
        wanted = {**made, **value, "oidc_client_secret": client_secret}
        if wanted != value:
            self._ssm.put_parameter(
                Name=name, Value=json.dumps(wanted), Type="SecureString", Overwrite=True
            )

    def _parameter(self, name: str) -> str:
        return f"/{self.name}/release/{name}"

    def _has_bucket(self, bucket: str) -> bool:
        try:
            self._s3.head_bucket(Bucket=bucket)
        except ClientError as error:
            if error.response["Error"]["Code"] in NOT_FOUND:
                return False
            raise DeployError(f"The bucket {bucket} belongs to another account: {error}") from error
        return True


def _build_tls_policy(bucket: str) -> dict[str, object]:
    arn = f"arn:aws:s3:::{bucket}"
    statement = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, f"{arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
