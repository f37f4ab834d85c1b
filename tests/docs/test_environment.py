"""No code prepares the environment for the modules that it imports next.

Such code depends on the order of its imports. The environment belongs to whoever starts a process.
"""

import ast
import re

import pytest

from infra.repository import REPOSITORY

FOLDERS = ("pipeline", "portal", "infra", "tools", "clients")

REASONS = {
    # A copy of a process becomes the process of a function, with the function's variables.
    "infra/local/function_copies.py": {".update("},
    # OpenCV reads this variable once, when it is loaded, and has no function for it.
    "pipeline/worker/vision/__init__.py": {"OPENCV_IO_MAX_IMAGE_PIXELS"},
    # Django documents this line for the module that a WSGI server imports.
    "portal/wsgi.py": {"DJANGO_SETTINGS_MODULE"},
}
"""The variables that a file may set, with the reason."""

WRITE = re.compile(
    r"\benviron(?:\[(.+?)\] = |\.setdefault\((.+?), |(\.update\()| (\|=))|\b(putenv)\("
)


def find_writes(source: str) -> set[str]:
    """The names of the variables of `os.environ` that the code sets, or how it sets many."""
    code = ast.unparse(ast.parse(source))  # Without comments, and in one style
    return {next(filter(None, groups)).strip("'") for groups in WRITE.findall(code)}


def test_no_module_sets_variables_of_its_own_process() -> None:
    found = {
        str(path.relative_to(REPOSITORY)): find_writes(path.read_text("utf-8"))
        for folder in FOLDERS
        for path in (REPOSITORY / folder).rglob("*.py")
    }

    assert {path: names for path, names in found.items() if names} == REASONS


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("os.environ['A'] = '1'", {"A"}),
        ("os.environ[name] = '1'", {"name"}),
        ("os.environ.setdefault('A', '1')", {"A"}),
        ("os.environ.update(A='1')", {".update("}),
        ("os.environ |= {'A': '1'}", {"|="}),
        ("os.putenv('A', '1')", {"putenv"}),
        ("found = os.environ.get('A')", set()),
        ("environment = {**os.environ, 'A': '1'}", set()),
    ],
)
def test_each_way_to_set_a_variable_is_found(line: str, names: set[str]) -> None:
    assert find_writes(line) == names
