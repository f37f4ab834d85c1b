"""Who recognises a picture: our own networks or Amazon Rekognition, and what was paid for it."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.options import Engine


class Reason(StrEnum):
    """Why an engine answered."""

    ASKED = "asked"  # The request named it
    SURE = "sure"  # `auto`: our networks were sure enough
    UNSURE = "unsure"  # `auto`: our networks were not, so Rekognition was asked
    BUDGET_SPENT = "budget_spent"  # Rekognition's budget of the day is spent: our own answer
    REKOGNITION_FAILED = "rekognition_failed"  # It did not answer: our own answer
    REKOGNITION_OFF = "rekognition_off"  # Turned off since the request: our own answer


class Answer(ApiModel):
    """Who answered for one picture."""

    by: Literal[Engine.SPOTTER, Engine.REKOGNITION] = Field(
        description="Who found the labels: `spotter` or `rekognition`.", examples=["spotter"]
    )
    reason: Reason = Field(
        description="Why: `asked` for it; with `auto` our networks were `sure`, or `unsure`, so"
        " Rekognition answered; or our networks answered instead of Rekognition, because the"
        " day's budget for it is spent (`budget_spent`), it did not answer"
        " (`rekognition_failed`), or the operators turned it off (`rekognition_off`).",
        examples=["asked"],
    )
    cost_usd: float = Field(
        description="What Amazon Rekognition charged for this picture, in US dollars.",
        examples=[0.001],
    )


OWN_ANSWER = Answer(by=Engine.SPOTTER, reason=Reason.ASKED, cost_usd=0)
"""What is true of a picture for which nobody asked for another engine."""

OTHER_ENGINE_OFF = Answer(by=Engine.SPOTTER, reason=Reason.REKOGNITION_OFF, cost_usd=0)
"""What is true of a picture for which another engine was asked, and there is none."""
