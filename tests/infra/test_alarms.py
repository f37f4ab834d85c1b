"""Every alarm reaches the operators and names a runbook."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.infra.conftest import Plan

REPOSITORY = Path(__file__).parents[2]
RUNBOOKS = REPOSITORY / "docs/runbooks"

WITHOUT_ALARM = {
    "README", "flooding-user", "lost-phone", "night-incident", "poison-picture", "restore",
    "rollback", "secrets",
}  # fmt: skip
"""Runbooks for what a person reports, and for planned work."""

OF_OPTIONS = {
    "frames-age", "frames-dropped", "frames-throttled", "region-lost", "rekognition-budget",
}  # fmt: skip
"""Runbooks of alarms that exist only with an option. failover.tftest.hcl, frames.tftest.hcl and
workers.tftest.hcl plan them."""

NOT_PLANNED = {"spotter-ENV-frames", "spotter-ENV-tasks-restored"}
"""Of `options.live`, and what a runbook makes."""


def find_alarms(plan: Plan) -> dict[str, dict[str, object]]:
    return {
        **plan.find("aws_cloudwatch_metric_alarm"),
        **plan.find("aws_cloudwatch_composite_alarm"),
    }


def find_runbook(description: object) -> str:
    match = re.search(r"docs/runbooks/([a-z0-9-]+)\.md$", str(description))
    assert match, description
    return match[1]


def test_every_alarm_names_a_runbook_that_exists(prod: Plan, dev: Plan) -> None:
    for address, alarm in [*find_alarms(prod).items(), *find_alarms(dev).items()]:
        runbook = RUNBOOKS / f"{find_runbook(alarm['alarm_description'])}.md"
        assert runbook.is_file(), address


def test_every_runbook_is_named_by_an_alarm(prod: Plan, dev: Plan) -> None:
    alarms = [*find_alarms(prod).values(), *find_alarms(dev).values()]
    named = {find_runbook(alarm["alarm_description"]) for alarm in alarms}

    assert {path.stem for path in RUNBOOKS.glob("*.md")} - WITHOUT_ALARM - OF_OPTIONS == named


def test_every_alarm_reaches_the_topic(prod: Plan, dev: Plan) -> None:
    for address, alarm in [*find_alarms(prod).items(), *find_alarms(dev).items()]:
        # A composite alarm reports the windows of a burn rate; the sleep alarms only set a size.
        if not re.search(r"\.aws_cloudwatch_metric_alarm\.(burn|sleep)\[", address):
            assert alarm["alarm_actions"] == ["arn:aws:sns:us-east-1:123456789012:mock-alarms"]


def test_an_alarm_on_a_log_counts_lines_that_the_code_writes(prod: Plan, dev: Plan) -> None:
    lines = list(find_logged_lines())
    filters = {
        **prod.find("aws_cloudwatch_log_metric_filter"),
        **dev.find("aws_cloudwatch_log_metric_filter"),
    }

    assert len(filters) == 2
    for address, values in filters.items():
        terms = re.findall(r'"([^"]+)"', values["pattern"])
        assert terms
        assert any(all(term in line for term in terms) for line in lines), address


def test_runbooks_name_resources_that_exist(prod: Plan, dev: Plan) -> None:
    pattern = r"(?<![\w/-])((?:/aws/[a-z]+/)?spotter-ENV(?:[a-z_-]*[a-z])?)(?![\w-])"
    named = {
        (page.name, name)
        for page in RUNBOOKS.glob("*.md")
        for name in re.findall(pattern, page.read_text())
    }
    planned = {
        str(value).replace(f"spotter-{environment}", "spotter-ENV")
        for environment, plan in (("prod", prod), ("dev", dev))
        for values in plan.resources.values()
        for key, value in values.items()
        if key in ("name", "alarm_name")
    }

    assert named
    assert {it for it in named if it[1] not in planned | NOT_PLANNED} == set()


def find_logged_lines() -> Iterator[str]:
    """The messages that functions and portal log, as they stand in the code."""
    for folder in ("pipeline/lambdas", "portal"):
        for path in (REPOSITORY / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="logger")),
                        args=[ast.Constant(value=str(message)), *_],
                    ):
                        yield message


def test_every_promise_has_an_alarm(prod: Plan) -> None:
    names = {str(alarm["alarm_name"]) for alarm in find_alarms(prod).values()}

    assert {
        "spotter-prod-tasks-depth",
        "spotter-prod-tasks-age",
        "spotter-prod-tasks-dlq-not-empty",
        "spotter-prod-api-5xx",
        "spotter-prod-api-latency",
        "spotter-prod-workers-missing",
        "spotter-prod-no-completions",
        "spotter-prod-slo-availability-fast",
        "spotter-prod-slo-latency-fast",
        "spotter-prod-upload-errors",
        "spotter-prod-upload-throttles",
        "spotter-prod-sign_up-errors",
        "spotter-prod-portal-wrong-tries",
    } <= names
