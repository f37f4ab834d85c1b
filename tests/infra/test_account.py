"""What a deploy stores in the account."""

import json
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.package.archive import Artefact

BUCKET = "artefacts"


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield Account("dev", "us-east-1")


@pytest.fixture
def artefact(tmp_path: Path) -> Artefact:
    path = tmp_path / "worker.tar.gz"
    path.write_bytes(b"release")
    return Artefact(path, "0123abcd")


def test_the_state_is_private_versioned_and_tls_only(account: Account) -> None:
    account.ensure_state_bucket()
    account.ensure_state_bucket()

    s3 = boto3.client("s3")
    bucket = "spotter-dev-state-123456789012"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert all(block.values())
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert statement["Effect"] == "Deny"
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_state_bucket_can_be_in_any_region() -> None:
    with mock_aws():
        account = Account("dev", "eu-central-1")

        account.ensure_state_bucket()

        location = boto3.client("s3").get_bucket_location(Bucket=account.state_bucket)
        assert location["LocationConstraint"] == "eu-central-1"


def test_a_release_is_stored_under_its_hash_where_terraform_reads_it(
    account: Account, artefact: Artefact
) -> None:
    account.release([BUCKET], "worker", artefact)

    stored = boto3.client("s3").get_object(Bucket=BUCKET, Key="worker/0123abcd.tar.gz")
    assert stored["Body"].read() == b"release"
    assert account.get_history("worker") == ["0123abcd"]


def test_the_same_release_is_not_uploaded_twice(account: Account, artefact: Artefact) -> None:
    account.release([BUCKET], "worker", artefact)
    artefact.path.write_bytes(b"never read")

    account.release([BUCKET], "worker", artefact)

    stored = boto3.client("s3").get_object(Bucket=BUCKET, Key="worker/0123abcd.tar.gz")
    assert stored["Body"].read() == b"release"
    assert account.get_history("worker") == ["0123abcd"]


def test_a_rollback_selects_the_release_before(account: Account) -> None:
    for sha256 in ("first", "second", "third"):
        account.set_parameter("lambdas", sha256)

    went_to = account.roll_back("lambdas")

    assert went_to == "second"
    assert account.get_history("lambdas")[-1] == "second"


def test_a_region_that_was_added_can_go_back(account: Account, artefact: Artefact) -> None:
    s3 = boto3.client("s3")
    s3.create_bucket(Bucket="added")
    s3.put_object(Bucket=BUCKET, Key="weights/0000/old.onnx", Body=b"weights")
    account.release([BUCKET], "worker", Artefact(artefact.path, "long-ago"))
    account.release([BUCKET], "worker", artefact)

    for _ in range(2):
        account.share_release(BUCKET, ["added", BUCKET])

    stored = s3.list_objects_v2(Bucket="added")["Contents"]
    assert [it["Key"] for it in stored] == ["weights/0000/old.onnx", "worker/0123abcd.tar.gz"]


def test_the_first_release_cannot_be_rolled_back(account: Account) -> None:
    account.set_parameter("lambdas", "first")

    with pytest.raises(DeployError, match="no earlier release"):
        account.roll_back("lambdas")


def test_forgetting_leaves_no_release_and_no_secret(account: Account) -> None:
    account.set_parameter("lambdas", "first")
    account.ensure_portal_secrets("/spotter-dev/portal/secrets", "secret")

    account.forget_release()

    assert boto3.client("ssm").describe_parameters()["Parameters"] == []


def test_the_portals_keys_are_created_once_and_the_client_secret_is_updated(
    account: Account,
) -> None:
    client = boto3.client("ssm")
    name = "/spotter-dev/portal/secrets"

    def read() -> dict[str, str]:
        parameter = client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        assert parameter["Type"] == "SecureString"
        value: dict[str, str] = json.loads(parameter["Value"])
        return value

    account.ensure_portal_secrets(name, "old")
    before = read()
    account.ensure_portal_secrets(name, "new")
    after = read()

    assert all(len(before[key]) >= 50 for key in ("django_secret_key", "second_factor_key"))
    assert after == {**before, "oidc_client_secret": "new"}
