"""The client stands alone, and its generated parts are what their sources say."""

import ast
import subprocess
import sys
import tomllib

import pytest
from packaging.requirements import Requirement

from infra.clients.generate import CLIENT, PACKAGE
from infra.repository import REPOSITORY

IMPORTED_AS = {
    "opencv-python-headless": "cv2",
    "pillow": "PIL",
    "websocket-client": "websocket",
}
THROUGH_OTHERS = {"botocore"}  # pycognito brings it


def find_imports() -> set[str]:
    """The packages that the client imports, without those of Python."""
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {it.name.partition(".")[0] for it in node.names}
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0
                names.add(str(node.module).partition(".")[0])
    return names - set(sys.stdlib_module_names) - {"spotter_client"}


def test_it_imports_what_its_package_asks_for_and_nothing_of_ours() -> None:
    settings = tomllib.loads((CLIENT / "pyproject.toml").read_text("utf-8"))
    extra = settings["project"]["optional-dependencies"]["film"]
    wanted = [Requirement(it).name for it in settings["project"]["dependencies"] + extra]

    assert find_imports() == {IMPORTED_AS.get(it, it) for it in wanted} | THROUGH_OTHERS


def test_it_has_the_version_of_the_service() -> None:
    files = [
        tomllib.loads((it / "pyproject.toml").read_text("utf-8")) for it in (CLIENT, REPOSITORY)
    ]

    assert len({it["project"]["version"] for it in files}) == 1


@pytest.mark.slow
def test_its_generated_parts_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.clients", "--check"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
