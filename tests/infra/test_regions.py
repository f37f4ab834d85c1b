"""The plan of two regions: what is shared exists once, and neither names the other by accident."""

import json
import re

import pytest

from infra.deploy.contract import CONTRACT
from tests.infra.conftest import Plan

pytestmark = pytest.mark.slow

FIRST, SECOND = "us-east-1", "eu-west-1"
IN_FIRST, IN_SECOND = "module.environment.module.stack", "module.second_region"
ONCE = (
    "aws_budgets_budget",
    "aws_cognito_user_pool",
    "aws_iam_openid_connect_provider",
)
NAMING = {
    "aws_cloudwatch_metric_alarm": ("alarm_name", "dimensions", "metric_query"),
    "aws_lambda_permission": ("function_name", "source_arn"),
    "aws_s3_bucket_policy": ("bucket", "policy"),
}
"""Resources that name others, and where they do."""


def is_second(address: str) -> bool:
    return address.startswith(IN_SECOND)


def test_what_both_regions_share_exists_once(regions: Plan) -> None:
    for kind in ONCE:
        assert not [address for address in regions.find(kind) if is_second(address)], kind
    pages = [it for it in regions.find("aws_cloudfront_distribution").values() if it["aliases"]]
    assert len(pages) == len({str(it["aliases"]) for it in pages})


def test_names_that_all_regions_share_are_used_once(regions: Plan) -> None:
    for kind, name in (("aws_iam_role", "name"), ("aws_s3_bucket", "bucket")):
        names = [values[name] for values in regions.find(kind).values()]

        assert len(names) == len(set(names)) > 0, kind


def test_each_region_has_the_same_functions_alarms_and_queues(regions: Plan) -> None:
    for kind in ("aws_lambda_function", "aws_sqs_queue", "aws_autoscaling_group"):
        first = [
            it for it in regions.find(kind) if it.startswith("module.environment.module.stack")
        ]
        second = [it for it in regions.find(kind) if is_second(it)]

        assert {it.partition("module.stack")[2] for it in first} == {
            it.partition("module.stack")[2] for it in second
        }, kind


def test_policies_of_functions_name_their_own_region_only(regions: Plan) -> None:
    """The user pool is the one thing that both share."""
    for address, values in regions.find("aws_iam_role_policy").items():
        text = re.sub(r"arn:aws:cognito-idp:[^\"]+", "", values["policy"])
        if is_second(address):
            # The provider that knows only the schema names us-east-1 for what it makes up.
            assert "spotter-prod-tasks" not in re.sub(rf"{SECOND}:\d+:table/[\w-]+", "", text)
        elif address.startswith(IN_FIRST):
            assert SECOND not in text, address


@pytest.mark.parametrize("kind", NAMING)
def test_an_alarm_a_permission_and_a_policy_name_what_is_in_their_own_region(
    kind: str, regions: Plan
) -> None:
    found = {
        address: re.findall(
            r"spotter-prod[\w-]*", json.dumps([values.get(name) for name in NAMING[kind]])
        )
        for address, values in regions.find(kind).items()
    }

    assert any(names for address, names in found.items() if is_second(address))
    for address, names in found.items():
        others = [name for name in names if (SECOND in name) != is_second(address)]
        assert others == [], address


def test_a_function_knows_the_regions_and_its_own_queue_and_bucket(regions: Plan) -> None:
    for address, values in regions.find("aws_lambda_function").items():
        variables = values["environment"][0]["variables"]
        own = f"-{SECOND}" if is_second(address) else ""

        assert variables["REGIONS"] == f"{FIRST},{SECOND}"
        assert variables["IMAGES_BUCKET"] == f"spotter-prod{own}-images-123456789012"
        assert variables["CONNECTIONS_TABLE"] == f"spotter-prod{own}-connections"
        assert variables["TASKS_TABLE"] == "spotter-prod-tasks"


def test_every_shared_table_has_a_replica_and_a_stream_of_whole_items(regions: Plan) -> None:
    tables = json.loads(CONTRACT.read_text())["tables"]
    for address, values in regions.find("aws_dynamodb_table").items():
        (name,) = re.findall(r'\["(\w+)"\]$', address)
        is_regional = tables[name].get("regional", False)
        replicas = [it["region_name"] for it in values["replica"]]

        assert replicas == ([] if is_regional else [SECOND]), address
        assert is_second(address) <= is_regional
        if not is_regional:
            assert values["stream_view_type"] == "NEW_AND_OLD_IMAGES"


def test_callers_get_the_nearest_healthy_region(regions: Plan) -> None:
    records = [
        values
        for address, values in regions.find("aws_route53_record").items()
        if values["name"] == "api.spotter.example" and ".api[" in address
    ]

    assert sorted((it["type"], it["set_identifier"]) for it in records) == [
        (kind, region) for kind in ("A", "AAAA") for region in (SECOND, FIRST)
    ]
    assert all(it["latency_routing_policy"][0]["region"] == it["set_identifier"] for it in records)


def test_deleted_pictures_are_gone_a_day_later(regions: Plan) -> None:
    rules = [
        values["rule"][0]["noncurrent_version_expiration"][0]["noncurrent_days"]
        for address, values in regions.find("aws_s3_bucket_lifecycle_configuration").items()
        if ".module.images." in address
    ]

    assert rules == [1, 1]


def test_the_portal_may_write_only_the_files_that_evacuate(regions: Plan) -> None:
    [policy] = [
        json.loads(values["policy"])
        for address, values in regions.find("aws_iam_role_policy").items()
        if ".module.portal." in address and address.endswith("regions[0]")
    ]

    writes = [it["Resource"] for it in policy["Statement"] if "s3:PutObject" in it["Action"]]
    assert [it.partition("/")[2] for it in writes] == ["evacuate/*"]


def test_one_region_has_nothing_of_it(prod: Plan) -> None:
    kinds = ("aws_route53_health_check", "aws_s3_bucket_replication_configuration")
    assert not [address for kind in kinds for address in prod.find(kind)]
    assert not [address for address in prod.resources if is_second(address)]
    for values in prod.find("aws_lambda_function").values():
        assert "REGIONS" not in values["environment"][0]["variables"]
