"""One term has one meaning in the code. CONTRIBUTING.md lists the terms."""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.repository import REPOSITORY

TASKS = ("pipeline/core/tasks", "pipeline/lambdas", "portal/tasks")
"""Folders that know tasks, but no messages that were received."""


def find_names(path: Path) -> Iterator[str]:
    """All names that the code of a file defines or uses."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        for field in ("id", "attr", "name", "arg"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def test_in_flight_is_said_of_messages_only() -> None:
    found = {
        (str(path.relative_to(REPOSITORY)), name)
        for folder in TASKS
        for path in (REPOSITORY / folder).rglob("*.py")
        for name in find_names(path)
        if "inflight" in name.lower().replace("_", "")
    }

    assert found == set()


def test_no_docstring_begins_in_the_middle_of_a_sentence() -> None:
    found = {
        (str(path.relative_to(REPOSITORY)), node.value)
        for folder in ("pipeline", "portal", "infra", "tools")
        for path in (REPOSITORY / folder).rglob("*.py")
        for statement in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(statement, ast.Expr)
        and isinstance(node := statement.value, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith(("Of ", "By what "))
    }

    assert found == set()
