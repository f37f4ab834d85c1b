"""The bucket of the web page and the CloudFront distribution that serves it, as on AWS."""

from __future__ import annotations

import json
from string import Template
from typing import Any
from urllib.parse import urlsplit

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.resources.images import ensure_bucket

HEADERS = REPOSITORY / "infra" / "headers.json"
ORIGIN_ID = "page"

# CloudFront accepts these headers only through arguments of their own.
# https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_ResponseHeadersPolicySecurityHeadersConfig.html
NAMED = {
    "Content-Security-Policy",
    "Referrer-Policy",
    "Strict-Transport-Security",
    "X-Content-Type-Options",
    "X-Frame-Options",
}


def create_page(clients: Clients) -> str:
    """Create what serves the page.

    Returns:
        Its origin. The files come later: the API must know the origin, and the files the API.
    """
    ensure_bucket(clients, names.PAGE_BUCKET)
    distribution = _find_distribution(clients) or _create_distribution(clients)
    _let_read(clients, distribution["ARN"])
    label = distribution["DomainName"].split(".")[0]
    return f"http://{label}.cloudfront.localhost:{urlsplit(clients.endpoint).port}"


def read_headers(endpoint: str) -> dict[str, str]:
    """The security headers of every answer. All of AWS has one address here."""
    origins = dict.fromkeys(("api_origin", "cognito_origin", "images_origin"), endpoint)
    live_origin = endpoint.replace("http", "ws", 1)
    text = Template(HEADERS.read_text()).substitute(origins, live_origin=live_origin)
    headers: dict[str, str] = json.loads(text)
    return headers


def _let_read(clients: Clients, distribution_arn: str) -> None:
    statement = {
        "Sid": "CloudFrontReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        # With the permission to list, a missing file is a 404 instead of a 403
        "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": [f"arn:aws:s3:::{names.PAGE_BUCKET}", f"arn:aws:s3:::{names.PAGE_BUCKET}/*"],
        "Condition": {"StringEquals": {"aws:SourceArn": distribution_arn}},
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    clients.s3.put_bucket_policy(Bucket=names.PAGE_BUCKET, Policy=json.dumps(policy))


def _find_distribution(clients: Clients) -> Any:
    items = clients.cloudfront.list_distributions()["DistributionList"].get("Items", [])
    found = next((item for item in items if item["Comment"] == names.PAGE), None)
    if found:
        _update_headers(clients)
    return found


def _create_distribution(clients: Clients) -> Any:
    cloudfront = clients.cloudfront
    access = cloudfront.create_origin_access_control(
        OriginAccessControlConfig={
            "Name": names.PAGE,
            "OriginAccessControlOriginType": "s3",
            "SigningBehavior": "always",
            "SigningProtocol": "sigv4",
        }
    )["OriginAccessControl"]["Id"]
    headers = cloudfront.create_response_headers_policy(
        ResponseHeadersPolicyConfig=build_headers_policy(read_headers(clients.endpoint))
    )["ResponseHeadersPolicy"]["Id"]
    config = _build_distribution(access, headers)
    return cloudfront.create_distribution(DistributionConfig=config)["Distribution"]


def _update_headers(clients: Clients) -> None:
    """Update the headers of an earlier start."""
    found = clients.cloudfront.list_response_headers_policies(Type="custom")
    policy = next(
        item["ResponseHeadersPolicy"]
        for item in found["ResponseHeadersPolicyList"]["Items"]
        if item["ResponseHeadersPolicy"]["ResponseHeadersPolicyConfig"]["Name"] == names.PAGE
    )
    current = clients.cloudfront.get_response_headers_policy(Id=policy["Id"])
    clients.cloudfront.update_response_headers_policy(
        Id=policy["Id"],
        IfMatch=current["ETag"],
        ResponseHeadersPolicyConfig=build_headers_policy(read_headers(clients.endpoint)),
    )


def build_headers_policy(headers: dict[str, str]) -> dict[str, Any]:
    """Convert `headers` to CloudFront's format.

    HSTS is left out, because browsers ignore it on http.
    """
    custom = [
        {"Header": name, "Value": value, "Override": True}
        for name, value in headers.items()
        if name not in NAMED
    ]
    return {
        "Name": names.PAGE,
        "SecurityHeadersConfig": {
            "ContentSecurityPolicy": {
                "ContentSecurityPolicy": headers["Content-Security-Policy"],
                "Override": True,
            },
            "ContentTypeOptions": {"Override": True},
            "FrameOptions": {"FrameOption": headers["X-Frame-Options"], "Override": True},
            "ReferrerPolicy": {"ReferrerPolicy": headers["Referrer-Policy"], "Override": True},
        },
        "CustomHeadersConfig": {"Quantity": len(custom), "Items": custom},
    }


def _build_distribution(access_control_id: str, headers_policy_id: str) -> dict[str, Any]:
    # Every path returns index.html. The page's router reads the path.
    fallbacks = [
        {"ErrorCode": code, "ResponsePagePath": "/index.html", "ResponseCode": "200"}
        for code in (403, 404)
    ]
    return {
        "CallerReference": names.PAGE,
        "Comment": names.PAGE,
        "Enabled": True,
        "DefaultRootObject": "index.html",
        "Origins": {
            "Quantity": 1,
            "Items": [
                {
                    "Id": ORIGIN_ID,
                    "DomainName": f"{names.PAGE_BUCKET}.s3.{names.REGION}.amazonaws.com",
                    "OriginAccessControlId": access_control_id,
                    "S3OriginConfig": {"OriginAccessIdentity": ""},
                }
            ],
        },
        "DefaultCacheBehavior": {
            "TargetOriginId": ORIGIN_ID,
            "ViewerProtocolPolicy": "allow-all",  # The local system has no https
            "ResponseHeadersPolicyId": headers_policy_id,
            "ForwardedValues": {"QueryString": False, "Cookies": {"Forward": "none"}},
            "MinTTL": 0,
        },
        "CustomErrorResponses": {"Quantity": len(fallbacks), "Items": fallbacks},
    }
