"""Amazon Rekognition's DetectLabels, answered by Spotter.

Programs that use boto3 change one line:

    client = boto3.client("rekognition")  # before
    client = rekognition.client()  # after, with: from spotter_client import rekognition

    answer = client.detect_labels(Image={"Bytes": photo}, MaxLabels=10, MinConfidence=70)
    names = [label["Name"] for label in answer["Labels"]]

Names are written as Rekognition writes them: "Golden Retriever". `Categories` is always empty.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from botocore.errorfactory import ClientExceptionsFactory
from botocore.exceptions import ClientError, ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from spotter_client._sync.client import Spotter
from spotter_client.errors import (
    ApiError,
    NotFinishedError,
    PhotoError,
    SignInError,
    SpotterError,
    TaskFailedError,
)
from spotter_client.models import Instance, Label, Task
from spotter_client.options import Options

OPERATION = "DetectLabels"

DEFAULT_MIN_CONFIDENCE = 55.0
"""Rekognition's."""

MOST_LABELS = 100
"""Spotter's. Rekognition gives as many as it finds."""

EXCEPTIONS = {
    "animated_image": "InvalidImageFormatException",
    "daily_bytes_reached": "LimitExceededException",
    "daily_pixels_reached": "LimitExceededException",
    "heic_not_accepted": "InvalidImageFormatException",
    "image_too_complex": "ImageTooLargeException",
    "image_too_large": "ImageTooLargeException",
    "image_too_small": "InvalidParameterException",
    "invalid_request": "InvalidParameterException",
    "several_pictures": "InvalidImageFormatException",
    "storage_full": "LimitExceededException",
    "too_many_in_flight": "ThrottlingException",
    "too_many_pixels": "ImageTooLargeException",
    "too_many_requests": "ThrottlingException",
    "unreadable_image": "InvalidImageFormatException",
    "unsupported_format": "InvalidImageFormatException",
}
"""Rekognition's name for our error codes. The others are InternalServerError."""


class RekognitionClient:
    """What `boto3.client("rekognition")` can do, as far as Spotter can."""

    def __init__(self, spotter: Spotter) -> None:
        self._spotter = spotter
        self._model = ServiceModel(
            Loader().load_service_model("rekognition", "service-2"), "rekognition"
        )

    @cached_property
    def exceptions(self) -> Any:
        """The classes of boto3's own client: `client.exceptions.ThrottlingException`."""
        return ClientExceptionsFactory().create_client_exceptions(self._model)

    def close(self) -> None:
        """Close the connections."""
        self._spotter.close()

    def detect_labels(self, **parameters: Any) -> dict[str, Any]:
        """Rekognition's DetectLabels, with `Image`, `MaxLabels` and `MinConfidence`.

        Raises:
            ParamValidationError: A parameter is unknown or of the wrong type, as in boto3.
            ClientError: As in boto3, with Rekognition's codes.
        """
        self._validate(parameters)
        photo = self._read_bytes(parameters)
        options = Options(
            min_confidence=parameters.get("MinConfidence", DEFAULT_MIN_CONFIDENCE),
            max_labels=min(parameters.get("MaxLabels", MOST_LABELS), MOST_LABELS),
        )
        try:
            return build_answer(self._spotter.look(photo, options))
        except SpotterError as error:
            raise self._translate(error) from error

    def _validate(self, parameters: dict[str, Any]) -> None:
        shape = self._model.operation_model(OPERATION).input_shape
        assert shape is not None
        report = ParamValidator().validate(parameters, shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())

    def _read_bytes(self, parameters: dict[str, Any]) -> bytes:
        if "Settings" in parameters or parameters.get("Features", ["GENERAL_LABELS"]) != [
            "GENERAL_LABELS"
        ]:
            raise self._build_error(
                "InvalidParameterException", "Spotter knows GENERAL_LABELS only, without Settings."
            )
        photo = parameters["Image"].get("Bytes")
        if not photo:
            raise self._build_error(
                "InvalidS3ObjectException",
                "Spotter reads no bucket of yours. Send the picture as Bytes.",
            )
        return bytes(photo)

    def _translate(self, error: SpotterError) -> ClientError:
        code = "InternalServerError"
        status = 500
        if isinstance(error, PhotoError):
            code, status = "InvalidImageFormatException", 400
        elif isinstance(error, SignInError):
            code, status = "AccessDeniedException", 400
        elif isinstance(error, NotFinishedError):
            code, status = "ThrottlingException", 400
        elif isinstance(error, ApiError | TaskFailedError):
            code = EXCEPTIONS.get(error.code, code)
            status = 500 if code == "InternalServerError" else 400
        return self._build_error(code, str(error), status)

    def _build_error(self, code: str, message: str, status: int = 400) -> ClientError:
        answer = {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status},
        }
        kind: type[ClientError] = self.exceptions.from_code(code)
        return kind(answer, OPERATION)  # type: ignore[arg-type]


def client(spotter: Spotter | None = None) -> RekognitionClient:
    """A client in the shape of boto3's.

    Args:
        spotter: The user; by default that of SPOTTER_API and SPOTTER_KEY, or of `spotter login`.
    """
    return RekognitionClient(spotter or Spotter.from_login())


def build_answer(task: Task) -> dict[str, Any]:
    """A result as Rekognition writes it."""
    return {
        "Labels": [_build_label(label) for label in task.labels or []],
        "LabelModelVersion": ", ".join(
            f"{name} {version}" for name, version in task.models.items()
        ),
        "ResponseMetadata": {
            "RequestId": str(task.task_id),
            "HTTPStatusCode": 200,
            "HTTPHeaders": {},
            "RetryAttempts": 0,
        },
    }


def _build_label(label: Label) -> dict[str, Any]:
    return {
        "Name": label.name.title(),
        "Confidence": label.confidence,
        "Instances": [_build_instance(it) for it in label.instances],
        "Parents": [{"Name": it.name.title()} for it in label.parents],
        "Aliases": [{"Name": it.name.title()} for it in label.aliases],
        "Categories": [],
    }


def _build_instance(instance: Instance) -> dict[str, Any]:
    box = instance.bounding_box
    return {
        "BoundingBox": {
            "Width": box.width,
            "Height": box.height,
            "Left": box.left,
            "Top": box.top,
        },
        "Confidence": instance.confidence,
    }
