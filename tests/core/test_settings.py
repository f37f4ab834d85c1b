"""A process that lacks a variable names it and shows no other variable."""

import pytest
from pydantic import ValidationError

from pipeline.core.settings import load_settings


def test_a_variable_sets_the_field_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKS_TABLE", "mine")

    assert load_settings().tasks_table == "mine"


def test_a_missing_variable_is_named_and_no_other_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("TASKS_TABLE")

    with pytest.raises(ValidationError) as caught:
        load_settings()

    assert "tasks_table" in str(caught.value)
    assert "input_value" not in str(caught.value)
