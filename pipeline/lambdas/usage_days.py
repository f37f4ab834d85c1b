"""What one user sent on each of the last days, by key, with an estimate of its cost."""

import datetime

from pydantic import Field

from pipeline.core.labels import ApiModel, UuidText
from pipeline.core.tasks import refusals
from pipeline.core.usage import DAYS, Amounts, DayOfUsage, read_days
from pipeline.lambdas.key_schemas import EXAMPLE_KEY_ID

USD_PER_PHOTO = 0.000095
"""What one more photo costs the operators without its bytes, at ten million photos a month. A test
compares it with `infra.cost`."""

USD_PER_GIGABYTE = 0.05
"""What one gigabyte of photos costs them: 30 days of storage and some downloads. A test compares
it too."""


class AmountsView(ApiModel):
    """What was sent."""

    photos: int = Field(
        description="Accepted pictures and forms, further versions of results, and retries.",
        examples=[12],
    )
    megapixels: float = Field(
        description="Megapixels of the pictures, times the work that the request asked for.",
        examples=[144.2],
    )
    bytes: int = Field(description="Bytes of the pictures.", examples=[31_400_000])
    estimated_usd: float = Field(
        description="About what it costs the operators of the service, in US dollars. It is no"
        " bill.",
        examples=[0.0027],
    )


class KeyAmounts(AmountsView):
    """What was sent with one API key."""

    key_id: UuidText = Field(
        description="Id of the key. It may have been revoked since.",
        examples=[EXAMPLE_KEY_ID],
    )


class UsageDayView(AmountsView):
    """One day in UTC."""

    day: datetime.date = Field(description="The day.", examples=["2026-11-22"])
    refused: int = Field(description="Refused uploads and retries.", examples=[2])
    by_key: list[KeyAmounts] = Field(
        description="What of it came with API keys. The rest was sent by people."
    )


def build_days(owner_id: str) -> list[UsageDayView]:
    """The last `DAYS` days of one user, oldest first."""
    refused = refusals.count_by_day(owner_id, DAYS)
    return [_describe(day, refused.get(day.day, 0)) for day in read_days(owner_id)]


def _describe(day: DayOfUsage, refused: int) -> UsageDayView:
    return UsageDayView(
        day=day.day,
        refused=refused,
        by_key=[
            KeyAmounts(key_id=key_id, **_count(amounts))
            for key_id, amounts in sorted(day.by_key.items())
        ],
        **_count(day.amounts),
    )


def _count(amounts: Amounts) -> dict[str, float]:
    usd = amounts.photos * USD_PER_PHOTO + amounts.size_bytes / 1e9 * USD_PER_GIGABYTE
    return {
        "photos": amounts.photos,
        "megapixels": round(amounts.pixels / 1e6, 3),
        "bytes": amounts.size_bytes,
        "estimated_usd": round(usd, 6),
    }
