"""Logs, metrics and traces of the functions."""

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
    """Add `value` to a CloudWatch metric of this function, unless `METRICS_DETAIL` is "basic".

    CloudWatch charges for each combination of name and dimensions.

    Args:
        dimensions: In addition to the name of the function.
    """
    if os.environ.get("METRICS_DETAIL") == "basic":
        return
    service = os.environ.get("POWERTOOLS_SERVICE_NAME", "unknown")
    with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE) as metric:
        for key, dimension in {"service": service, **dimensions}.items():
            metric.add_dimension(key, dimension)


def entry_point(handler: Handler) -> Handler:
    """Decorate the function that Lambda calls: its logs have the request id, its calls a trace."""
    return logger.inject_lambda_context(
        _trace(handler), clear_state=True, correlation_id_path=correlation_paths.API_GATEWAY_REST
    )


def _trace(handler: Handler) -> Handler:
    # Only Lambda sets the variable. Importing X-Ray's SDK takes 180 ms.
    if "AWS_XRAY_DAEMON_ADDRESS" not in os.environ:
        return handler
    from aws_lambda_powertools import Tracer

    # Responses contain signed URLs and labels, which only their owner may see.
    tracer = Tracer(patch_modules=["botocore"])
    return tracer.capture_lambda_handler(handler, capture_response=False)
