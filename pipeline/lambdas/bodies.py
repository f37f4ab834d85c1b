"""Reads the bodies of requests, which the functions check themselves."""

import base64
from typing import TypeVar

from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from pydantic import BaseModel, ValidationError

from pipeline.core.images import normalize_content_type
from pipeline.lambdas.app import build_field_errors
from pipeline.lambdas.problems import InvalidRequestError

JSON = "application/json"

BYTES = "application/octet-stream"
"""A body of any kind. Programs that know no better send a picture with this type."""

Model = TypeVar("Model", bound=BaseModel)


def get_content_type(event: APIGatewayProxyEvent) -> str:
    """The type of the body, in small letters and without parameters; empty if none is named."""
    return normalize_content_type(event.headers.get("content-type", ""))


def read_body(event: APIGatewayProxyEvent) -> bytes:
    """The bytes of the body."""
    body = event.body or ""
    # The gateway encodes pictures. In text it has already replaced bytes that are not UTF-8.
    return base64.b64decode(body) if event.is_base64_encoded else body.encode(errors="replace")


def parse_body(model: type[Model], event: APIGatewayProxyEvent) -> Model:
    """The value that the JSON body describes.

    Raises:
        InvalidRequestError: It describes none, or names something that the model does not know.
    """
    try:
        return model.model_validate_json(read_body(event), by_alias=True, by_name=False)
    except ValidationError as error:
        raise InvalidRequestError(build_field_errors(error.errors(), "body")) from error
