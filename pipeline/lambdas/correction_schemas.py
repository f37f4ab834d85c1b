"""The bodies of requests and answers about corrections."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, model_validator

from pipeline.core.labels import ApiModel, Label
from pipeline.core.search.terms import split_words
from pipeline.core.tasks.record import Task

MOST_CORRECTIONS = 50
"""The limit of each kind. A result has at most 100 labels."""

LONGEST_NAME = 60
LONGEST_FOUND_NAME = 200


def _check_searchable(name: str) -> str:
    # The search keeps words only: nobody could find a label that has none.
    if not split_words(name):
        raise ValueError("Use at least one letter or digit")
    return name


_FoundName = Annotated[str, Field(min_length=1, max_length=LONGEST_FOUND_NAME)]
_NewName = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        # No control characters, and no space at the ends
        pattern=r"^[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?$",
    ),
    AfterValidator(_check_searchable),
]


class RenamingRequest(ApiModel):
    """A label that the models called something else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    old: _FoundName = Field(
        alias="from", description="Name of a label that was found.", examples=["wolf"]
    )
    new: _NewName = Field(
        alias="to",
        description=f"What it is: 1 to {LONGEST_NAME} characters.",
        examples=["husky"],
    )


class CorrectionsRequest(ApiModel):
    """All corrections of one result. What is left out is taken back."""

    model_config = ConfigDict(extra="forbid", strict=True)

    removed: list[_FoundName] = Field(
        default=[],
        max_length=MOST_CORRECTIONS,
        description="Names of labels that were found and are not in the picture.",
        examples=[["sofa"]],
    )
    renamed: list[RenamingRequest] = Field(
        default=[],
        max_length=MOST_CORRECTIONS,
        description="Labels that were found and are called something else. They keep their boxes.",
    )
    added: list[_NewName] = Field(
        default=[],
        max_length=MOST_CORRECTIONS,
        description="What is in the picture too. The name of a label that was found confirms it."
        " English names that the models know, and their aliases, get parents and aliases; any other"
        " name is taken as it is.",
        examples=[["snow"]],
    )
    revision: int | None = Field(
        default=None,
        ge=0,
        description="`corrections.revision` as you have read it, 0 if there was none. If somebody"
        " else has corrected the result since, the answer is 409 `corrections_changed`. Leave it"
        " out to replace whatever is there.",
        examples=[0],
    )

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        wrong = [*self.removed, *(each.old for each in self.renamed)]
        if len(set(wrong)) < len(wrong):
            raise ValueError("Remove or rename each label only once")
        return self


class RenamingView(ApiModel):
    """A label that was found and is called something else."""

    old: str = Field(alias="from", description="What the models called it.", examples=["wolf"])
    new: str = Field(alias="to", description="What it is.", examples=["husky"])


class CorrectionsView(ApiModel):
    """What its owner corrected in a result."""

    removed: list[str] = Field(
        description="Names of labels that were found and are not in the picture.",
        examples=[["sofa"]],
    )
    renamed: list[RenamingView] = Field(
        description="Labels that were found and are called something else."
    )
    added: list[str] = Field(
        description="What is in the picture too, or was found and confirmed.", examples=[["snow"]]
    )
    revision: int = Field(
        description="How often the corrections have changed. Send it with the next correction.",
        examples=[1],
    )
    corrected_at: datetime = Field(
        description="When they last changed.", examples=["2026-11-22T12:03:11.402000Z"]
    )
    found_labels: list[Label] = Field(description="What the models found, without corrections.")


def build_corrections_view(task: Task) -> CorrectionsView | None:
    """Show what was corrected; None if nothing ever was."""
    if not task.corrections_revision:
        return None
    made = task.get_corrections()
    return CorrectionsView(
        removed=made.removed,
        renamed=[RenamingView(old=each.found, new=each.named.name) for each in made.renamed],
        added=[each.name for each in made.added],
        revision=task.corrections_revision,
        corrected_at=task.corrected_at,
        found_labels=task.get_found_labels(),
    )


class SharingRequest(ApiModel):
    """Whether operators may use your corrected photos."""

    model_config = ConfigDict(extra="forbid", strict=True)

    corrections: bool = Field(
        description="Whether operators may take photos whose results you corrected, with the"
        " corrected labels, to measure how well the models recognise. No photo is published.",
        examples=[True],
    )


class SharingView(ApiModel):
    """Whether operators may use your corrected photos."""

    corrections: bool | None = Field(
        description="What you answered; null before the first answer, which means no.",
        examples=[True],
    )
    chosen_at: datetime | None = Field(
        description="When you answered.", examples=["2026-11-22T12:00:00.104000Z"]
    )
