"""The bodies of requests and answers about the deletion of an account."""

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from pipeline.core.deletions import Deletion
from pipeline.core.labels import ApiModel


class DeletionRequest(ApiModel):
    """The user's own words that the account shall be deleted."""

    model_config = ConfigDict(extra="forbid", strict=True)

    confirmation: str = Field(
        description="The e-mail address of the account, typed by its user.",
        examples=["somebody@example.com"],
        min_length=1,
        max_length=320,
    )


class DeletionView(ApiModel):
    """The receipt of a deletion."""

    number: str = Field(
        description="Number of the receipt. Operators find the deletion by it.",
        examples=["20261122-5F0A91C3"],
    )
    status: Literal["deleting", "deleted"] = Field(
        description="`deleted` when all data and the account are gone.", examples=["deleted"]
    )
    asked_at: datetime = Field(
        description="When it was asked for.", examples=["2026-11-22T12:00:00Z"]
    )
    deleted_at: datetime | None = Field(
        description="When the account was deleted, after all of its data; null before that.",
        examples=["2026-11-22T12:00:04Z"],
    )
    results: int = Field(description="Results that were deleted so far.", examples=[108])
    pictures: int = Field(description="Photos that were deleted so far.", examples=[108])
    exports: int = Field(description="Exports that were deleted so far.", examples=[1])


def build_deletion_view(deletion: Deletion) -> DeletionView:
    """A deletion as its user sees it."""
    receipt = deletion.receipt
    return DeletionView(
        number=deletion.number,
        status="deleted" if deletion.is_deleted else "deleting",
        asked_at=receipt["begun_at"],
        deleted_at=receipt.get("account_deleted_at"),
        results=receipt["tasks"],
        pictures=receipt["pictures"],
        exports=receipt["exports"],
    )
