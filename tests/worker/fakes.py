"""Stand-ins for the networks, and what CloudWatch has of us."""

from collections.abc import Callable

from moto.cloudwatch.models import MetricDatum, cloudwatch_backends

from pipeline.worker.metrics import NAMESPACE
from pipeline.worker.vision.recognizer import Recognition
from tests.environment import settings
from tests.examples import build_result

ACCOUNT_ID = "123456789012"  # Moto's


def build_recognition() -> Recognition:
    result = build_result()
    return Recognition(
        labels=list(result.labels),
        width=result.width,
        height=result.height,
        decode_ms=result.decode_ms,
        inference_ms=result.inference_ms,
        models=dict(result.models),
    )


class FakeRecognizer:
    """Finds the same cat in every picture, or raises `error`."""

    def __init__(
        self, error: Exception | None = None, *, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        self._error = error
        self._meanwhile = meanwhile
        self.pictures: list[bytes] = []
        self.options: list[tuple[float, int]] = []

    def recognize(self, data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
        self.pictures.append(data)
        self.options.append((min_confidence, max_labels))
        self._meanwhile()
        if self._error:
            raise self._error
        return build_recognition()


def get_values(name: str, **dimensions: str) -> list[float]:
    """The values that CloudWatch has of a metric with exactly these dimensions."""
    # Not through the API: moto takes a query without dimensions for one of all of them.
    backend = cloudwatch_backends[ACCOUNT_ID][settings.aws_region]
    return [
        datum.value
        for datum in backend.metric_data
        if isinstance(datum, MetricDatum)
        and datum.namespace == NAMESPACE
        and datum.name == name
        and {dimension.name: dimension.value for dimension in datum.dimensions} == dimensions
    ]
