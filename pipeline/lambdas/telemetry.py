"""Logs, metrics and traces of every function."""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

Handler = Callable[[dict[str, Any], LambdaContext], Any]

NAMESPACE = "Spotter"

logger = Logger()


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """Add to a CloudWatch metric of this function, unless `METRICS_DETAIL` is "basic".

    CloudWatch charges for each combination of name and dimensions.
    """
    if os.environ.get("METRICS_DETAIL") == "basic":
        return
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "unknown")
    with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE) as metric:
        for key, dimension in {"service": service, **dimensions}.items():
            metric.add_dimension(key, dimension)


def entry_point(handler: Handler) -> Handler:
    """Make a function what Lambda calls: its logs carry the request id, its calls are traced."""
    return logger.inject_lambda_context(
        _trace(handler), clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
    )


def _trace(handler: Handler) -> Handler:
    # Lambda sets the variable. Elsewhere nobody listens, and X-Ray's SDK costs 180 ms to import.
    if "AWS_XRAY_DAEMON_ADDRESS" not in os.environ:
        return handler
    from aws_lambda_powertools import Tracer

    # Results hold signed URLs and labels: they are nobody's business but the owner's.
    tracer = Tracer(patch_modules=["botocore"])
    return tracer.capture_lambda_handler(handler, capture_response=False)
