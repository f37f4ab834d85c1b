"""Files and functions stay short enough to be read at once."""

import ast
from pathlib import Path

from infra.repository import REPOSITORY

FILE_LINES = 300
FUNCTION_LINES = 40

FOLDERS = ("pipeline", "portal", "infra", "tools", "clients")
PAGE = ("spa/src", "clients/typescript/src")
GENERATED = {"clients/typescript/src/schema.ts", "clients/python/src/spotter_client/models.py"}


def count_lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def find_python() -> list[Path]:
    return [path for folder in FOLDERS for path in (REPOSITORY / folder).rglob("*.py")]


def find_page() -> list[Path]:
    files = [
        path
        for folder in PAGE
        for kind in ("*.ts", "*.tsx", "*.css")
        for path in (REPOSITORY / folder).rglob(kind)
    ]
    return [path for path in files if ".test." not in path.name]


def test_no_file_is_too_long() -> None:
    found = {
        str(path.relative_to(REPOSITORY)): count_lines(path)
        for path in [*find_python(), *find_page()]
    }

    assert len(found) > 400
    assert {path for path, lines in found.items() if lines > FILE_LINES} == GENERATED


def test_no_function_is_too_long() -> None:
    found = {
        f"{path.relative_to(REPOSITORY)}: {node.name}": node.end_lineno - node.lineno + 1
        for path in find_python()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    }

    assert len(found) > 1000
    assert {name for name, lines in found.items() if lines > FUNCTION_LINES} == set()
