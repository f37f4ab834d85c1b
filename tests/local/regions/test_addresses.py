"""Which region answers a request."""

import pytest

from infra.local.regions.addresses import Regions

FIRST, SECOND = "us-east-1", "eu-west-1"
REGIONS = Regions(FIRST, SECOND)
LOCAL = "127.0.0.1:4566"


def sign(region: str, service: str) -> tuple[str, str]:
    scope = f"AKIAEXAMPLE/20261130/{region}/{service}/aws4_request"
    return "authorization", f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host"


@pytest.mark.parametrize(
    ("path", "headers", "expected"),
    [
        ("/_aws/execute-api/spotter/v1/upload", [], FIRST),
        ("/_aws/execute-api/spotter-eu-west-1/v1/upload", [], SECOND),
        ("/_aws/execute-api/spotterlive-eu-west-1/live", [], SECOND),
        ("/", [sign(SECOND, "dynamodb")], SECOND),
        ("/000000000000/tasks", [sign(SECOND, "sqs")], SECOND),
        ("/000000000000/tasks", [sign(FIRST, "sqs")], FIRST),
        ("/spotter-local-images/key", [sign(SECOND, "s3")], FIRST),
        ("/spotter-local-images-eu-west-1/key", [sign(FIRST, "s3")], SECOND),
        ("/spotter-local-images-eu-west-1", [], SECOND),
        ("/spotter-local-images", [], FIRST),
        ("/", [], FIRST),
        ("/us-east-1_Pool/.well-known/jwks.json", [], FIRST),
        ("/_ministack/ready", [], None),
        ("/_regions/cut", [], None),
    ],
)
def test_a_request_belongs_to_the_region_that_it_names(
    path: str, headers: list[tuple[str, str]], expected: str | None
) -> None:
    pairs = [(key.encode(), value.encode()) for key, value in [("host", LOCAL), *headers]]

    assert REGIONS.find({"path": path, "headers": pairs, "query_string": b""}) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("d123.cloudfront.localhost:4566", None),
        ("spotter-eu-west-1.execute-api.localhost:4566", SECOND),
    ],
)
def test_a_host_may_name_the_region(host: str, expected: str | None) -> None:
    scope = {"path": "/index.html", "headers": [(b"host", host.encode())], "query_string": b""}

    assert REGIONS.find(scope) == expected


def test_a_signed_address_names_its_bucket() -> None:
    query = b"X-Amz-Credential=AKIA%2F20261130%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=1"
    scope = {
        "path": "/spotter-local-images-eu-west-1/images/a",
        "headers": [],
        "query_string": query,
    }

    assert REGIONS.find(scope) == SECOND
