"""Clients that other people generate from our document upload both ways and poll, without casts."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from infra.clients.generate import DOCUMENT, get_python
from infra.local.node import find_node
from infra.local.spa import SOURCES, install_packages
from infra.repository import REPOSITORY
from pipeline.core.queue import TaskQueue
from tests.clients.service import API, FunctionTransport, serving, working
from tests.lambdas.uploads import JPEG

PROGRAMS = Path(__file__).parent / "programs"
TYPESCRIPT = REPOSITORY / "clients" / "typescript"
PROGRAM = PROGRAMS / "openapi_python_client.py"
TSC_OPTIONS = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2022",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--lib",
    "es2022,dom,dom.iterable",
]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package `generated`."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "settings.yaml").write_text("package_name_override: generated\npost_hooks: []\n")
    options = [f"--path={DOCUMENT}", f"--config={folder / 'settings.yaml'}", "--meta=none"]
    subprocess.run(
        [
            # Not its script, which names the folder in which it was installed.
            *(get_python(), "-m", "openapi_python_client", "generate"),
            *options,
            f"--output-path={folder / 'generated'}",
        ],
        check=True,
        capture_output=True,
    )
    return folder


@pytest.fixture
def program(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.syspath_prepend(generated)
    known = set(sys.modules)
    spec = importlib.util.spec_from_file_location("program", PROGRAM)
    assert spec
    assert spec.loader
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    for name in set(sys.modules) - known:
        if name.startswith("generated"):
            del sys.modules[name]


def test_a_program_with_a_generated_client_has_sound_types(generated: Path) -> None:
    options = ["--strict", "--config-file=", "--follow-imports=silent"]
    options.append(f"--cache-dir={generated / '.mypy_cache'}")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, PROGRAM],
        env={"MYPYPATH": str(generated)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout


def test_such_a_program_uploads_and_polls(
    program: Any, transport: FunctionTransport, queue: TaskQueue
) -> None:
    client = program.build(API, transport)

    with working(queue), httpx.Client(transport=transport) as storage:
        ids = [program.upload(client, JPEG), program.upload_by_form(client, storage, JPEG)]
        assert [program.poll(client, task_id) for task_id in ids] == [["cat"], ["cat"]]


Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs a program of the page's packages, or Node.js itself, in a folder of the test."""
    node = find_node()
    install_packages(node)
    programs = SOURCES / "node_modules" / ".bin"

    def run_program(name: str, *arguments: str | Path) -> str:
        done = subprocess.run(
            ["node" if name == "node" else str(programs / name), *map(str, arguments)],
            cwd=tmp_path,
            env=node.extend(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_program


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cat.jpg"
    path.write_bytes(JPEG)
    return path


def test_a_program_with_a_client_of_hey_api_has_sound_types_uploads_and_polls(
    tmp_path: Path, run: Run, picture: Path, transport: FunctionTransport, queue: TaskQueue
) -> None:
    for name in ("hey-api.ts", "run-hey-api.mjs"):
        shutil.copy(PROGRAMS / name, tmp_path)

    run(
        "openapi-ts",
        f"--input={DOCUMENT}",
        "--output=generated",
        "--client=@hey-api/client-fetch",
    )
    run("tsc", *TSC_OPTIONS, "hey-api.ts")
    run("rolldown", "hey-api.ts", "--file=hey-api.mjs")
    with serving() as address, working(queue):
        printed = run("node", "run-hey-api.mjs", address, picture)

    assert printed == '[["cat"],["cat"]]\n'


def test_our_client_made_with_openapi_typescript_is_built_uploads_and_waits(
    tmp_path: Path, run: Run, picture: Path, transport: FunctionTransport, queue: TaskQueue
) -> None:
    """Its sources upload both ways and poll without casts; the page's linter says so too."""
    package = tmp_path / "package"
    shutil.copytree(TYPESCRIPT, package)
    (package / "node_modules").symlink_to(SOURCES / "node_modules")
    shutil.copy(PROGRAMS / "typescript.mjs", package)

    run("tsc", "--project", package)
    with serving() as address, working(queue):
        printed = run("node", package / "typescript.mjs", address, picture)

    assert printed.split() == ["order-4711", "cat"] * 2
