"""Stand-ins for the networks, and the metrics that CloudWatch received."""

from collections.abc import Callable
from datetime import UTC, datetime

from moto.cloudwatch.models import MetricDatum, cloudwatch_backends

from pipeline.core.images import ImageHeader
from pipeline.core.options import Options
from pipeline.core.queue import Delivery
from pipeline.worker.metrics import NAMESPACE
from pipeline.worker.vision.preview import SmallCopies
from pipeline.worker.vision.recognizer import Recognition
from tests.environment import settings
from tests.examples import build_result
from tests.pictures import build_quadrants, encode

PICTURE = encode(build_quadrants(64, 48), "JPEG")
COPIES = SmallCopies(thumbnail=b"thumbnail", preview=b"preview")

ACCOUNT_ID = "123456789012"  # Moto's


def build_recognition() -> Recognition:
    result = build_result()
    return Recognition(
        labels=list(result.labels),
        properties=result.properties,
        text=result.text,
        fingerprint=result.fingerprint,
        content_type=result.content_type,
        width=result.width,
        height=result.height,
        decode_ms=result.decode_ms,
        inference_ms=result.inference_ms,
        detail=result.detail,
        models=dict(result.models),
        copies=COPIES,
    )


def build_delivery(message_id: str = "1") -> Delivery:
    return Delivery(message_id, f"handle-{message_id}", "{}", 1, datetime.now(UTC))


class FakeRecognizer:
    """Finds the same cat in every picture, or raises `error`."""

    def __init__(
        self, error: Exception | None = None, *, meanwhile: Callable[[], object] = lambda: None
    ) -> None:
        self._error = error
        self._meanwhile = meanwhile
        self.pictures: list[bytes] = []
        self.options: list[Options] = []

    def recognize(self, data: bytes, header: ImageHeader, options: Options) -> Recognition:
        self.pictures.append(data)
        self.options.append(options)
        self._meanwhile()
        if self._error:
            raise self._error
        return build_recognition()


def get_values(name: str, **dimensions: str) -> list[float]:
    """The values that CloudWatch received for a metric with exactly these dimensions."""
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
