"""AWS Budgets says that the month's sum is spent: close what strangers cost us."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.controls import Controls
from pipeline.core.doors import Door, close
from pipeline.core.dynamo import connect
from pipeline.core.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
connect(settings.aws_region, {Controls: settings.tasks_table})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Close every door. Only the budget's notice of 100 % comes to this topic."""
    for _ in event["Records"]:
        for door in Door:
            close(door, closed_by="AWS Budgets", reason="The month's budget is spent")
        logger.warning("The month's budget is spent: uploads and sign-up are closed")
