"""Rules for everything that is planned. They hold for new resources too."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.infra.conftest import Plan

Statement = dict[str, Any]

POLICIES = sorted((Path(__file__).parents[2] / "infra/policies").glob("*.json"))

WITHOUT_RESOURCES = {
    "autoscaling:DescribeAutoScalingGroups",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:ListMetrics",
    "cloudwatch:PutMetricData",  # Limited to our namespace by a condition
    "dynamodb:ListStreams",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
}
"""Actions that AWS cannot limit to a resource."""


STORES = {
    "aws_s3_bucket": "aws_s3_bucket_policy",
    "aws_sqs_queue": "aws_sqs_queue_policy",
    "aws_sns_topic": "aws_sns_topic_policy",
    "aws_dynamodb_table": "aws_dynamodb_resource_policy",
}
"""Each kind of resource that keeps data, and the kind of its policy. Every resource has one."""


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


GITHUB = ".module.github["
"""Part of the address of a role of GitHub's workflows. `github.tftest.hcl` tests their rights."""


def read_role_policies(plan: Plan) -> Iterator[tuple[str, Statement]]:
    for address, values in plan.find("aws_iam_role_policy").items():
        if GITHUB in address:
            continue
        for statement in json.loads(values["policy"])["Statement"]:
            yield address, statement


def test_each_function_has_its_own_role(prod: Plan) -> None:
    roles = [values["name"] for values in prod.find("aws_iam_role").values()]
    functions = [values["function_name"] for values in prod.find("aws_lambda_function").values()]

    assert len(functions) == 32
    assert set(functions) <= set(roles)
    assert len(roles) == len(set(roles))


@pytest.mark.parametrize("document", POLICIES, ids=lambda path: path.stem)
def test_every_policy_document_is_planned(document: Path, prod: Plan) -> None:
    """The rules below then cover the documents in infra/policies too."""
    actions = [it["Action"] for it in json.loads(document.read_text())["Statement"]]
    planned = [json.loads(it["policy"]) for it in prod.find("aws_iam_role_policy").values()]

    assert actions in [[it["Action"] for it in policy["Statement"]] for policy in planned]


def test_no_role_has_a_wildcard_action(prod: Plan) -> None:
    for address, statement in read_role_policies(prod):
        assert not any("*" in action for action in as_list(statement["Action"])), address


def test_every_permission_names_its_resource_if_aws_supports_it(prod: Plan) -> None:
    for address, statement in read_role_policies(prod):
        if "*" in as_list(statement["Resource"]):
            assert set(as_list(statement["Action"])) <= WITHOUT_RESOURCES, address


def test_metrics_can_be_sent_to_our_namespace_only(prod: Plan) -> None:
    limits = [
        statement.get("Condition")
        for _, statement in read_role_policies(prod)
        if "cloudwatch:PutMetricData" in as_list(statement["Action"])
    ]

    assert limits == [{"StringEquals": {"cloudwatch:namespace": "Spotter"}}]


def test_only_the_gateway_has_a_managed_policy(prod: Plan) -> None:
    attached = prod.find("aws_iam_role_policy_attachment")

    assert [address for address in attached if GITHUB not in address] == [
        'module.environment.module.stack.module.api["api"].aws_iam_role_policy_attachment.logs[0]'
    ]


def test_every_bucket_is_private_encrypted_and_tls_only(prod: Plan) -> None:
    buckets = len(prod.find("aws_s3_bucket"))
    blocks = prod.find("aws_s3_bucket_public_access_block").values()
    flags = (
        "block_public_acls",
        "block_public_policy",
        "ignore_public_acls",
        "restrict_public_buckets",
    )

    assert buckets == 6
    assert sum(all(block[flag] for flag in flags) for block in blocks) == buckets
    assert len(prod.find("aws_s3_bucket_server_side_encryption_configuration")) == buckets
    policies = prod.find("aws_s3_bucket_policy").values()
    assert sum(denies_plain_http(policy["policy"]) for policy in policies) == buckets


def test_every_queue_is_encrypted(prod: Plan) -> None:
    queues = prod.find("aws_sqs_queue").values()

    assert len(queues) == 11
    assert all(queue["sqs_managed_sse_enabled"] for queue in queues)


@pytest.mark.parametrize("kind", STORES)
@pytest.mark.parametrize("environment", ["prod", "dev"])
def test_every_store_of_data_accepts_tls_only(
    kind: str, environment: str, request: pytest.FixtureRequest
) -> None:
    plan: Plan = request.getfixturevalue(environment)
    policies = plan.find(STORES[kind]).values()

    refusing = [it for it in policies if denies_plain_http(it["policy"])]

    assert len(refusing) == len(plan.find(kind)) > 0


def denies_plain_http(policy: str) -> bool:
    return any(
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for statement in json.loads(policy)["Statement"]
    )


def test_every_table_is_encrypted_recoverable_and_protected(prod: Plan) -> None:
    tables = prod.find("aws_dynamodb_table").values()

    assert len(tables) == 12
    for table in tables:
        assert table["server_side_encryption"][0]["enabled"]
        assert table["point_in_time_recovery"][0]["enabled"]
        assert table["deletion_protection_enabled"]
        assert table["billing_mode"] == "PAY_PER_REQUEST"


def test_workers_accept_no_inbound_traffic(prod: Plan) -> None:
    rules = prod.find("aws_vpc_security_group_ingress_rule")

    assert list(rules) == [
        "module.environment.module.stack.module.network.aws_vpc_security_group_ingress_rule.endpoint[0]"
    ]
    assert not prod.find("aws_internet_gateway")


def test_production_keeps_its_data(prod: Plan) -> None:
    kept = {
        values["bucket"]: values["force_destroy"] for values in prod.find("aws_s3_bucket").values()
    }

    assert kept["spotter-prod-images-123456789012"] is False


@pytest.mark.parametrize(
    "kind", ["aws_cloudfront_distribution", "aws_cloudfront_response_headers_policy"]
)
def test_only_the_page_and_the_portal_have_distributions(kind: str, prod: Plan) -> None:
    assert len(prod.find(kind)) == 2
