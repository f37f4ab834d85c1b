"""What the exports of one user cost at most in a day."""

from typing import Any

from infra.cost.model import Line
from pipeline.core.exports.record import MAX_EXPORTS, MAX_PHOTOS

DAY_SECONDS = 86_400

EXPORTS_A_DAY = 100
"""`NEW_EXPORTS` of the function that begins them."""

EXPORT_GB = 1
"""Memory of the function, which writes one export of a user at a time."""

READ_UNITS = 2
"""A result of up to 8 KB."""

STORED_GB = 20
"""The largest file."""


def calculate_exports(prices: dict[str, Any]) -> Line:
    """Exports with all photos, as many as may begin, with a function that is busy all day."""
    photos = EXPORTS_A_DAY * MAX_PHOTOS
    usd = (
        photos * (READ_UNITS * prices["dynamodb_read_unit"] + prices["s3_get"])
        + DAY_SECONDS * EXPORT_GB * prices["lambda_gb_second"]
        + MAX_EXPORTS * STORED_GB * prices["s3_gb_month"] / 30
    )
    return Line("Photos in exports, each begun anew", f"{photos:,.0f}", float(usd))
