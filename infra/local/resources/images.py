"""The private bucket of pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local import names
from infra.local.clients import Clients
from pipeline.core.exports.files import EXPORT_PREFIX
from pipeline.core.exports.record import LIFETIME
from pipeline.core.settings import RETENTION
from pipeline.core.storage import IMAGE_PREFIX, UPLOAD_PREFIX

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import CreateBucketConfigurationTypeDef

IMAGES_ARN = f"arn:aws:s3:::{names.IMAGES_BUCKET}"


def create_bucket(clients: Clients, spa_origin: str) -> None:
    ensure_bucket(clients, names.IMAGES_BUCKET)
    _keep_private(clients)
    _set_rules(clients, spa_origin)


def ensure_bucket(clients: Clients, name: str) -> None:
    """Create a bucket unless it exists."""
    try:
        if clients.region == names.FIRST_REGION:  # S3 refuses to be told this one
            clients.s3.create_bucket(Bucket=name)
        else:
            place: CreateBucketConfigurationTypeDef = {"LocationConstraint": clients.region}  # type: ignore[typeddict-item] # S3 has the names as literals
            clients.s3.create_bucket(Bucket=name, CreateBucketConfiguration=place)
    except (
        clients.s3.exceptions.BucketAlreadyOwnedByYou,
        clients.s3.exceptions.BucketAlreadyExists,
    ):
        return


def _keep_private(clients: Clients) -> None:
    clients.s3.put_public_access_block(
        Bucket=names.IMAGES_BUCKET,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    clients.s3.put_bucket_encryption(
        Bucket=names.IMAGES_BUCKET,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )


def _set_rules(clients: Clients, spa_origin: str) -> None:
    """Delete old pictures, and let the page send and show them."""
    clients.s3.put_bucket_lifecycle_configuration(
        Bucket=names.IMAGES_BUCKET,
        LifecycleConfiguration={
            "Rules": [
                {
                    "ID": prefix,
                    "Status": "Enabled",
                    "Filter": {"Prefix": prefix},
                    "Expiration": {"Days": days},
                }
                for prefix, days in (
                    (IMAGE_PREFIX, RETENTION.days),
                    (UPLOAD_PREFIX, 1),
                    (EXPORT_PREFIX, LIFETIME.days),
                )
            ]
        },
    )
    clients.s3.put_bucket_cors(
        Bucket=names.IMAGES_BUCKET,
        CORSConfiguration={
            "CORSRules": [
                {
                    "AllowedOrigins": [spa_origin],
                    "AllowedMethods": ["POST", "GET"],
                    "AllowedHeaders": ["*"],
                    "MaxAgeSeconds": 3600,
                }
            ]
        },
    )


def notify_function(clients: Clients, function_arn: str) -> None:
    """Invoke the function for each picture that arrives by form, not for direct uploads."""
    clients.s3.put_bucket_notification_configuration(
        Bucket=names.IMAGES_BUCKET,
        NotificationConfiguration={
            "LambdaFunctionConfigurations": [
                {
                    "Id": "uploaded",
                    "LambdaFunctionArn": function_arn,
                    "Events": ["s3:ObjectCreated:Post"],
                    "Filter": {
                        "Key": {"FilterRules": [{"Name": "prefix", "Value": UPLOAD_PREFIX}]}
                    },
                }
            ]
        },
    )
