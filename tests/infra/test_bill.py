"""The bill counts what Terraform plans, row by row."""

from base64 import b64decode
from typing import Any

import pytest

from infra.cost.model import ENVIRONMENTS, Environment, Usage, calculate, get_total
from pipeline.worker.metrics import BASIC
from tests.infra.conftest import Plan

Case = tuple[Environment, Plan]


@pytest.fixture(params=["dev", "prod"])
def case(request: pytest.FixtureRequest) -> Case:
    return ENVIRONMENTS[request.param], request.getfixturevalue(request.param)


def find_one(plan: Plan, kind: str) -> dict[str, Any]:
    (found,) = plan.find(kind).values()
    return found


def test_the_bill_has_workers_and_their_disks(case: Case) -> None:
    assumed, plan = case
    group = find_one(plan, "aws_autoscaling_group")
    template = find_one(plan, "aws_launch_template")

    assert assumed.instance_type == template["instance_type"]
    assert assumed.min_instances == group["min_size"]
    assert assumed.warm_instances == sum(it["min_size"] for it in group["warm_pool"])
    assert [
        it["volume_size"] for disk in template["block_device_mappings"] for it in disk["ebs"]
    ] == [12]
    if assumed.min_instances == 0:
        (pool,) = group["warm_pool"]
        assert pool["instance_reuse_policy"] == [{"reuse_on_scale_in": True}]


def test_the_bill_has_the_outbound_traffic(case: Case) -> None:
    assumed, plan = case
    endpoints = [key for key in plan.find("aws_vpc_endpoint") if ".interface[" in key]
    zones = [key for key in plan.find("aws_subnet") if ".private[" in key]
    free = plan.find("aws_egress_only_internet_gateway")

    assert assumed.nat_gateways == len(plan.find("aws_nat_gateway"))
    assert assumed.interface_endpoints == len(endpoints) * len(zones)
    assert bool(free) == (assumed.nat_gateways + assumed.interface_endpoints == 0)
    assert not any(it["map_public_ip_on_launch"] for it in plan.find("aws_subnet").values())
    assert len(plan.find("aws_eip")) == assumed.nat_gateways


def test_the_bill_has_the_firewall(case: Case) -> None:
    assumed, plan = case

    acls = plan.find("aws_wafv2_web_acl").values()

    assert assumed.waf_acls == len(acls)
    assert assumed.waf_rules == sum(len(acl["rule"]) for acl in acls)


def test_alarms_are_billed_by_the_metrics_that_they_watch(case: Case) -> None:
    assumed, plan = case
    alarms = plan.find("aws_cloudwatch_metric_alarm").values()
    watched = sum(sum(bool(it["metric"]) for it in alarm["metric_query"]) or 1 for alarm in alarms)
    tracking = [
        policy
        for policy in plan.find("aws_autoscaling_policy").values()
        if policy["policy_type"] == "TargetTrackingScaling"
    ]
    # AWS makes two alarms for each; ours watch the backlog and the number of instances.
    assert assumed.alarm_metrics == watched + 2 * 2 * len(tracking)
    assert assumed.composite_alarms == len(plan.find("aws_cloudwatch_composite_alarm"))


def test_the_bill_has_the_metrics_of_functions_and_workers(case: Case) -> None:
    assumed, plan = case
    details = {
        it["environment"][0]["variables"]["METRICS_DETAIL"]
        for it in plan.find("aws_lambda_function").values()
    }
    template = find_one(plan, "aws_launch_template")
    (detail,) = details

    assert f"\nMETRICS_DETAIL={detail}\n" in b64decode(template["user_data"]).decode()
    assert (assumed.metrics == len(BASIC) + 1) == (detail == "basic")
    for settings in plan.find("aws_api_gateway_method_settings").values():
        assert not any(it["metrics_enabled"] for it in settings["settings"])


def test_the_bill_has_keys_and_secrets(case: Case) -> None:
    assumed, plan = case

    assert assumed.kms_keys == len(plan.find("aws_kms_key"))
    assert not plan.find("aws_secretsmanager_secret")


def test_all_other_resources_are_paid_by_use(case: Case) -> None:
    _, plan = case

    assert {it["billing_mode"] for it in plan.find("aws_dynamodb_table").values()} == {
        "PAY_PER_REQUEST"
    }
    for function in plan.find("aws_lambda_function").values():
        assert function["memory_size"] <= 1024
    assert len(plan.find("aws_cloudwatch_dashboard")) == 1


def test_a_start_costs_less_than_five_dollars() -> None:
    usage = Usage(users=10, images=1000, environment="dev")

    assert 0 < get_total(calculate(usage)) < 5


def test_a_trial_has_at_most_ten_alarms_and_ten_metrics(dev: Plan) -> None:
    assert len(dev.find("aws_cloudwatch_metric_alarm")) <= 10
    assert not dev.find("aws_cloudwatch_composite_alarm")
    assert ENVIRONMENTS["dev"].metrics <= 10
