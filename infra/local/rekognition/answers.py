"""What the stand-in answers: our own recognition in the words and the shape of Rekognition."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from pipeline.core.errors import ImageMissingError, PermanentError
from pipeline.core.images import JPEG, PNG, read_header
from pipeline.core.labels import BoundingBox, Label
from pipeline.core.options import Feature, Options
from pipeline.core.properties import ImageProperties
from pipeline.core.text import TextWord, show_text
from pipeline.worker.vision.recognizer import Recognition

SERVICE = ServiceModel(Loader().load_service_model("rekognition", "service-2"), "rekognition")
"""AWS's own description of the service, which botocore ships."""

OBJECT_BYTES = 15 * 1024 * 1024
REQUEST_BYTES = 5 * 1024 * 1024
LEAST_SIDE_PX = 80
_DEFAULT_CONFIDENCE = 55  # As documented for DetectLabels
_DEFAULT_LABELS = 1000

Request = dict[str, Any]
Recognise = Callable[[bytes, Options], Recognition]
Download = Callable[[str, str], bytes]
"""Takes bucket and key. Raises ImageMissingError."""


class RefusedError(Exception):
    """Rekognition would refuse the request with this error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class StandIn:
    """Answers requests."""

    def __init__(self, recognise: Recognise, download: Download) -> None:
        self._recognise = recognise
        self._download = download
        self._operations: dict[str, Callable[[Request], Request]] = {
            "DetectLabels": self._detect_labels,
            "DetectText": self._detect_text,
            "DetectModerationLabels": self._detect_moderation_labels,
        }

    def answer(self, operation: str, request: Request) -> Request:
        """Return the answer to the JSON of a request.

        Raises:
            RefusedError: The request is not valid, or the picture is not one for Rekognition.
        """
        if operation not in self._operations:
            raise RefusedError("UnknownOperationException", f"No operation {operation} here")
        _decode_bytes(request)
        problems = check(SERVICE.operation_model(operation), request)
        if problems:
            raise RefusedError("InvalidParameterException", problems)
        return self._operations[operation](request)

    def _detect_labels(self, request: Request) -> Request:
        wanted = request.get("Features", ["GENERAL_LABELS"])
        features = (
            *([Feature.LABELS] if "GENERAL_LABELS" in wanted else []),
            *([Feature.PROPERTIES] if "IMAGE_PROPERTIES" in wanted else []),
        )
        options = Options(
            min_confidence=request.get("MinConfidence", _DEFAULT_CONFIDENCE),
            max_labels=request.get("MaxLabels", _DEFAULT_LABELS),
            features=features,
        )
        found = self._look(request, options)
        answer: Request = {
            "Labels": [_describe_label(label) for label in found.labels],
            "LabelModelVersion": "3.0",
        }
        if found.properties:
            answer["ImageProperties"] = _describe_properties(found.properties)
        return answer

    def _detect_text(self, request: Request) -> Request:
        found = self._look(request, Options(features=(Feature.TEXT,)))
        lines = show_text(found.text).lines if found.text else []
        parts: list[Request] = [
            {"Id": place, "Type": "LINE", **_describe_text(line)}
            for place, line in enumerate(lines)
        ]
        for place, line in enumerate(lines):
            for word in line.words:
                part = {"Id": len(parts), "ParentId": place, "Type": "WORD"}
                parts.append({**part, **_describe_text(word)})
        return {"TextDetections": parts, "TextModelVersion": "3.0"}

    def _detect_moderation_labels(self, request: Request) -> Request:
        """Our networks know nothing about unwanted content, so they find none."""
        self._look(request, Options(features=()))
        return {"ModerationLabels": [], "ModerationModelVersion": "7.0", "ContentTypes": []}

    def _look(self, request: Request, options: Options) -> Recognition:
        data = self._read(request["Image"])
        try:
            header = read_header(data)
            if header.content_type not in (JPEG, PNG):
                raise RefusedError("InvalidImageFormatException", "Send a JPEG or a PNG")
            if min(header.width, header.height) < LEAST_SIDE_PX:
                raise RefusedError("InvalidParameterException", "A side has less than 80 pixels")
            return self._recognise(data, options)
        except PermanentError as error:
            raise RefusedError("InvalidImageFormatException", str(error)) from error

    def _read(self, image: Request) -> bytes:
        data: bytes
        if "Bytes" in image:
            data, limit = image["Bytes"], REQUEST_BYTES
        else:
            place = image["S3Object"]
            try:
                data, limit = self._download(place["Bucket"], place["Name"]), OBJECT_BYTES
            except ImageMissingError as error:
                message = "Unable to get object metadata from S3. Check object key and region"
                raise RefusedError("InvalidS3ObjectException", message) from error
        if len(data) > limit:
            raise RefusedError("ImageTooLargeException", f"The image has over {limit} bytes")
        return data


def check(operation: OperationModel, request: Request) -> str:
    """What is wrong with the parameters of a request, in botocore's words; empty if nothing is."""
    assert operation.input_shape  # All operations here have parameters
    report = ParamValidator().validate(request, operation.input_shape)
    problems: str = report.generate_report()
    return problems


def _decode_bytes(request: Request) -> None:
    """JSON carries bytes as base64."""
    image = request.get("Image")
    if isinstance(image, dict) and "Bytes" in image:
        try:
            image["Bytes"] = base64.b64decode(image["Bytes"], validate=True)
        except (binascii.Error, TypeError) as error:
            raise RefusedError("InvalidParameterException", "Bytes are not base64") from error


def _describe_label(label: Label) -> Request:
    return {
        "Name": capitalise(label.name),
        "Confidence": label.confidence,
        "Parents": [{"Name": capitalise(parent.name)} for parent in label.parents],
        "Aliases": [{"Name": capitalise(alias.name)} for alias in label.aliases],
        "Categories": [],
        "Instances": [
            {
                "BoundingBox": _describe_box(instance.bounding_box),
                "Confidence": instance.confidence,
            }
            for instance in label.instances
        ],
    }


def _describe_box(box: BoundingBox) -> Request:
    return {"Left": box.left, "Top": box.top, "Width": box.width, "Height": box.height}


def _describe_text(part: TextWord) -> Request:
    return {
        "DetectedText": part.text,
        "Confidence": part.confidence,
        "Geometry": {
            "BoundingBox": _describe_box(part.bounding_box),
            "Polygon": [{"X": point.x, "Y": point.y} for point in part.polygon],
        },
    }


def capitalise(name: str) -> str:
    """Rekognition's names begin with capitals: "Golden Retriever"."""
    return " ".join(word[:1].upper() + word[1:] for word in name.split(" "))


def _describe_properties(properties: ImageProperties) -> Request:
    quality = properties.quality
    return {
        "Quality": {
            "Brightness": quality.brightness,
            "Sharpness": quality.sharpness,
            "Contrast": quality.contrast,
        },
        "DominantColors": [
            {
                "Red": colour.red,
                "Green": colour.green,
                "Blue": colour.blue,
                "HexCode": colour.hex_code,
                "CSSColor": colour.css_color,
                "SimplifiedColor": colour.simplified_color.value,
                "PixelPercent": colour.pixel_percent,
            }
            for colour in properties.dominant_colors
        ],
    }
