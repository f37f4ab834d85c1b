"""The bodies of requests and answers about API keys and their tokens."""

from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AwareDatetime, ConfigDict, Field, field_validator

from pipeline.core.keys.record import MAX_KEYS, ApiKey, NewKey, Scope
from pipeline.core.keys.text import MAX_LENGTH, PREFIX
from pipeline.core.keys.tokens import TOKEN_LIFETIME
from pipeline.core.labels import ApiModel, UuidText
from pipeline.lambdas.numbers import WHOLE

MAX_NAME_LENGTH = 80
MOST_A_DAY = 1_000_000

EXAMPLE_KEY_ID = "5d3b7c1e-94a2-4f06-8f11-6f0a3a7f2c55"
_EXAMPLE_SHOWN = f"{PREFIX}XTt8HpSi"

KeyId = Annotated[UUID, Path(alias="keyId", description="The id that `POST /keys` returned.")]
"""Parameter of a route: the id of a key in the path."""


class KeyRequest(ApiModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(
        description="What you call it, for lists: the program that will use it.",
        examples=["shop server"],
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        pattern=r"^[^\x00-\x1f\x7f]+$",
    )
    scopes: list[Scope] = Field(
        description="`read` allows GET, `write` all other methods. What shows results, or opens a"
        " way for them, needs both: sockets, streams and corrections. No key manages webhooks.",
        examples=[["read", "write"]],
        min_length=1,
        max_length=len(Scope),
    )
    ends_at: AwareDatetime | None = Field(
        None,
        description="When the key stops working. If left out, it works until you revoke it.",
        examples=["2027-11-22T12:00:00Z"],
    )
    daily_limit: Annotated[int, Field(ge=1, le=MOST_A_DAY), WHOLE] | None = Field(
        None,
        description="Pictures that it may send in a day, in UTC; no limit of its own if left out.",
        examples=[1000],
    )

    @field_validator("scopes")
    @classmethod
    def _sort(cls, scopes: list[Scope]) -> list[Scope]:
        return [scope for scope in Scope if scope in scopes]

    @field_validator("ends_at")
    @classmethod
    def _check_future(cls, ends_at: datetime | None) -> datetime | None:
        if ends_at is not None and ends_at <= datetime.now(UTC):
            raise ValueError("The end is in the past")
        return ends_at


class KeyView(ApiModel):
    """An API key, without its secret."""

    key_id: UuidText = Field(
        description="Id of the key.",
        examples=[EXAMPLE_KEY_ID],
    )
    name: str = Field(description="What its owner calls it.", examples=["shop server"])
    prefix: str = Field(description="The beginning of the key.", examples=[_EXAMPLE_SHOWN])
    scopes: list[Scope] = Field(description="What it may do.", examples=[["read", "write"]])
    created_at: datetime = Field(
        description="When it was made.", examples=["2026-11-22T12:00:00.104000Z"]
    )
    ends_at: datetime | None = Field(
        description="When it stops working; null if it does not.",
        examples=["2027-11-22T12:00:00Z"],
    )
    daily_limit: int | None = Field(
        description="Pictures that it may send in a day, in UTC; null if it has no limit.",
        examples=[1000],
    )
    last_used_at: datetime | None = Field(
        description="When it was last exchanged for a token; null if it never was.",
        examples=["2026-11-23T08:30:00.512000Z"],
    )

    @classmethod
    def of(cls, key: ApiKey) -> Self:
        """A key as its owner sees it."""
        return cls(**_read(key))


class KeyList(ApiModel):
    """The API keys of one user."""

    keys: list[KeyView] = Field(
        description=f"Newest first; at most {MAX_KEYS}. A key that has ended stays here until it is"
        " revoked."
    )


class NewKeyView(KeyView):
    """A new API key with its secret."""

    key: str = Field(
        description="The key itself. It is shown only now: we store a hash of it.",
        examples=[f"{_EXAMPLE_SHOWN}TwaPEW8KOn8sVY8U5F_O6kZ_1Ki9T..."],
    )

    @classmethod
    def of_new(cls, made: NewKey) -> Self:
        """A new key as its owner sees it once."""
        return cls(**_read(made.stored), key=made.text.text)


class TokenRequest(ApiModel):
    """A key to exchange."""

    model_config = ConfigDict(extra="forbid", strict=True)

    key: str = Field(
        description="The API key.",
        examples=[f"{_EXAMPLE_SHOWN}TwaPEW8KOn8sVY8U5F_O6kZ_1Ki9T..."],
        max_length=MAX_LENGTH,
    )


class IssuedToken(ApiModel):
    """A token of an API key."""

    id_token: str = Field(
        description="Send it in `Authorization`, as a person's token.",
        examples=["header.claims.signature"],
    )
    expires_in: int = Field(
        description="Seconds until it expires. Exchange the key again shortly before.",
        examples=[int(TOKEN_LIFETIME.total_seconds())],
    )


def _read(key: ApiKey) -> dict[str, object]:
    values = key.model_dump(include=set(KeyView.model_fields))
    return {**values, "scopes": list(key.scopes), "prefix": key.shown}
