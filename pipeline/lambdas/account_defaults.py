"""GET and PUT /account/defaults: what uploads get where they do not say it. GET /usage: limits."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response
from pydantic import ConfigDict, Field

from pipeline.core.defaults import Defaults, find_defaults, save_defaults
from pipeline.core.labels import ApiModel
from pipeline.core.options import Detail
from pipeline.core.usage import UsageDay
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.problems import (
    InvalidRequestError,
    KeyNotAllowedError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger
from pipeline.lambdas.usage import Usage, build_usage

settings = load_settings()
app = build_app(settings, tables={UsageDay: settings.tasks_table})

PATH = "/account/defaults"


class AccountDefaults(ApiModel):
    """What uploads of this account get where they do not say it. Null: nothing was chosen."""

    model_config = ConfigDict(extra="forbid", strict=True)

    strip_metadata: bool | None = Field(
        description="Remove place, camera and times from pictures. Where nothing was chosen, an"
        " upload keeps them unless it asks for the removal, as the web page does.",
        examples=[True],
    )
    detail: Detail | None = Field(
        description="How closely to look for things. Where nothing was chosen: `fast`.",
        examples=["fine"],
    )


@app.get(
    PATH,
    operation_id="getDefaults",
    tags=["Account"],
    summary="Get the defaults of your uploads",
    description="They hold for every upload of the account that does not say otherwise, whatever"
    " program sends it.",
    responses={200: {"description": "What was chosen."}, **refuse()},
)
def get_defaults() -> Response[AccountDefaults]:
    chosen = find_defaults(get_owner_id(app))
    return respond(
        HTTPStatus.OK, AccountDefaults(strip_metadata=chosen.strip_metadata, detail=chosen.detail)
    )


@app.put(
    PATH,
    operation_id="putDefaults",
    tags=["Account"],
    summary="Choose the defaults of your uploads",
    description="Replaces all of them; null takes a choice back. Uploads that were accepted before"
    " do not change.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The defaults.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/AccountDefaults"}}},
        }
    },
    responses={
        200: {"description": "What is chosen now."},
        **refuse(UnsupportedMediaTypeError, InvalidRequestError, KeyNotAllowedError),
    },
)
def put_defaults() -> Response[AccountDefaults]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    chosen = parse_body(AccountDefaults, app.current_event)
    save_defaults(get_owner_id(app), Defaults(chosen.strip_metadata, chosen.detail))
    logger.info("Defaults chosen")
    return respond(HTTPStatus.OK, chosen)


@app.get(
    "/usage",
    operation_id="getUsage",
    tags=["Account"],
    summary="See your limits, what is left of them, and what you sent",
    description="Operators set the limits and can give one user larger ones. A limit that was never"
    " used is full. Seeing it counts as one request. `days` has what was sent on each day and with"
    " which API key.",
    responses={200: {"description": "The limits now, and the last days."}, **refuse()},
)
def get_usage() -> Response[Usage]:
    usage = build_usage(get_owner_id(app), settings)
    logger.info("Usage shown")
    return respond(HTTPStatus.OK, usage)


handler = entry_point(app.resolve)
