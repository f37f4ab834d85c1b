"""The body of every error, as RFC 9457 problem details."""

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

MAX_FIELD_ERRORS = 10
"""Faults that one answer lists. A request can have thousands, and nobody reads more."""

MAX_LOCATION_CHARACTERS = 100
"""A location may contain a name that the caller made up."""


class FieldError(BaseModel, frozen=True):
    """One fault in a request."""

    location: str = Field(
        description="Where: `body.`, `query.` or `header.` and the name, cut after"
        f" {MAX_LOCATION_CHARACTERS} characters."
    )
    detail: str = Field(description="What is wrong with it.")
    known_location: SkipJsonSchema[str] = Field("", exclude=True)
    """The location for our logs: names that the API does not know are left out."""


class Problem(BaseModel, frozen=True):
    """Why a request was refused."""

    # Optional members are left out of an answer; they are never null.

    type: str = Field(description="Always `about:blank`: `code` tells errors apart.")
    title: str = Field(description="Name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened and what to do next, for people.")
    code: str = Field(description="Stable name of the error, for programs.")
    instance: str | SkipJsonSchema[None] = Field(
        None, description="Names this one request. Quote it when you ask the operators."
    )
    errors: list[FieldError] | SkipJsonSchema[None] = Field(
        None,
        description=f"The first {MAX_FIELD_ERRORS} faults of the request, for `invalid_request`.",
    )
