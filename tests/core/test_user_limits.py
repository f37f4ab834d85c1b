"""Operators can change the limits of all users, within bounds that keep the service usable."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.core.controls import Controls, Decision
from pipeline.core.images import MAX_BYTES, MAX_PASS_PIXELS
from pipeline.core.user_limits import BOUNDS, UserLimits, apply_decisions

DEFAULTS = UserLimits()


def decide(**values: float | None) -> Controls:
    controls = Controls()
    for name, value in values.items():
        decision = Decision(at=datetime.now(UTC), operator="ann", reason="A test", value=value)
        setattr(controls, name, decision)
    return controls


def test_every_limit_has_bounds_around_its_default() -> None:
    assert BOUNDS.keys() == UserLimits.model_fields.keys()
    for name, bounds in BOUNDS.items():
        assert bounds.least < getattr(DEFAULTS, name) < bounds.most, name


def test_every_limit_can_be_decided() -> None:
    values = {name: bounds.least for name, bounds in BOUNDS.items()}

    assert apply_decisions(DEFAULTS, decide(**values)).model_dump() == values


def test_one_picture_of_the_largest_size_passes_the_least_that_can_be_set() -> None:
    assert BOUNDS["megapixels_per_day"].least / 2 >= MAX_PASS_PIXELS / 1_000_000
    assert BOUNDS["bytes_per_day"].least / 2 >= MAX_BYTES
    assert BOUNDS["stored_bytes"].least / 2 >= MAX_BYTES


@pytest.mark.parametrize("value", [0, 301, -1, None])
def test_a_decision_outside_of_the_bounds_counts_as_none(value: float | None) -> None:
    assert apply_decisions(DEFAULTS, decide(upload_burst=value)) == DEFAULTS


def test_a_decision_keeps_the_type_of_its_limit() -> None:
    decided = apply_decisions(DEFAULTS, decide(upload_burst=7, uploads_per_second=2))

    assert (decided.upload_burst, decided.uploads_per_second) == (7, 2.0)
    assert isinstance(decided.upload_burst, int)
    assert isinstance(decided.uploads_per_second, float)
