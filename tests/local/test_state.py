"""The state file."""

import stat

import pytest

from infra.local.errors import LocalError
from infra.local.layout import Layout
from infra.local.state import load_state, save_state
from tests.local.examples import STATE


def test_the_state_is_read_as_it_was_written(layout: Layout) -> None:
    save_state(STATE, layout)

    assert load_state(layout) == STATE


def test_only_its_owner_can_read_the_state(layout: Layout) -> None:
    save_state(STATE, layout)

    assert stat.S_IMODE(layout.state.stat().st_mode) == 0o600
    assert stat.S_IMODE(layout.root.stat().st_mode) == 0o700


def test_a_missing_state_says_how_to_start(layout: Layout) -> None:
    with pytest.raises(LocalError, match="make run"):
        load_state(layout)
