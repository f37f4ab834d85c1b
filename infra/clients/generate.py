"""Makes the generated files of the Python client."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.local.errors import LocalError
from infra.local.venv import install_environment
from infra.repository import REPOSITORY

DOCUMENT = REPOSITORY / "docs" / "api" / "openapi.json"
CLIENT = REPOSITORY / "clients" / "python"
PACKAGE = CLIENT / "src" / "spotter_client"
LOCK = REPOSITORY / "requirements" / "generators.txt"
RUFF_SETTINGS = REPOSITORY / "pyproject.toml"

MODELS = "models.py"
SOURCE = "_async"
TARGET = "_sync"

HEADER = '"""The shapes of docs/api/openapi.json. Written by `make openapi`."""'

MODEL_OPTIONS = (
    "--input-file-type=openapi",
    "--openapi-scopes=schemas",
    "--output-model-type=pydantic_v2.BaseModel",
    "--base-class=spotter_client.base.Model",
    "--target-python-version=3.11",
    "--snake-case-field",
    "--use-annotated",
    "--use-union-operator",
    "--use-standard-collections",
    "--use-schema-description",
    "--use-field-description",
    "--use-double-quotes",
    "--use-title-as-name",
    "--disable-timestamp",
)

UNCHECKED = frozenset(
    [
        "default",
        "examples",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "pattern",
    ]
)
"""The service knows these. An old client must not refuse what a newer service takes or answers."""

REPLACEMENTS = {
    "AsyncSpotter": "Spotter",
    "AsyncSession": "Session",
    "AsyncExports": "Exports",
    "AsyncKeys": "Keys",
    "AsyncStreams": "Streams",
    "AsyncVersions": "Versions",
    "AsyncWebhooks": "Webhooks",
    "AsyncBaseTransport": "BaseTransport",
    "AsyncClient": "Client",
    "_async": "_sync",
    "aclose": "close",
    "aread": "read",
    "aiter_bytes": "iter_bytes",
    "async_pause": "pause",
    "asyncio": "threading",
}
"""Names in `_async` and what they are called in `_sync`."""


def get_python() -> Path:
    """The interpreter of the environment that has the generators."""
    return install_environment("generators", LOCK)


def generate(folder: Path) -> None:
    """Write all generated files below `folder`, which becomes the package `spotter_client`."""
    python = get_python()
    _write_models(python, folder / MODELS)
    _write_sync(python, folder)
    _format(folder / MODELS, folder / TARGET)


def list_differences(folder: Path) -> list[str]:
    """The generated files below `folder` that are not those of the package."""
    made = {MODELS, *(str(it.relative_to(folder)) for it in (folder / TARGET).rglob("*.py"))}
    kept = {MODELS, *(str(it.relative_to(PACKAGE)) for it in (PACKAGE / TARGET).rglob("*.py"))}
    return sorted(
        name
        for name in made | kept
        if name not in made
        or name not in kept
        or (folder / name).read_text("utf-8") != (PACKAGE / name).read_text("utf-8")
    )


def _write_models(python: Path, target: Path) -> None:
    command: list[str | Path] = [python, "-m", "datamodel_code_generator", *MODEL_OPTIONS]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as document:
        json.dump(_loosen(json.loads(DOCUMENT.read_text("utf-8"))), document)
        document.flush()
        files: list[str | Path] = ["--input", document.name, "--output", target]
        _run([*command, f"--custom-file-header={HEADER}", *files])


def _loosen(schema: Any) -> Any:
    """A schema without the limits of its values, and with Base64 as the text that it is."""
    if isinstance(schema, list):
        return [_loosen(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: _loosen(value)
        for name, value in schema.items()
        if not (name in UNCHECKED and not isinstance(value, dict))
        and (name, value) != ("format", "byte")
    }


def _write_sync(python: Path, folder: Path) -> None:
    """Translate the package `_async`. Only its tokens change, so its docstrings fit both."""
    target = folder / TARGET
    shutil.rmtree(target, ignore_errors=True)
    program = (
        "import sys, unasync;"
        "source, target, files = sys.argv[1], sys.argv[2], sys.argv[3:];"
        f"rule = unasync.Rule(source, target, {REPLACEMENTS!r});"
        "unasync.unasync_files(files, [rule])"
    )
    files = sorted((PACKAGE / SOURCE).glob("*.py"))
    _run([python, "-c", program, PACKAGE / SOURCE, target, *files])
    first = target / "__init__.py"
    first.write_text('"""The client without asyncio, made from `spotter_client._async`."""\n')


def _format(*paths: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    _run([ruff, "check", "--quiet", "--fix", "--exit-zero", "--config", RUFF_SETTINGS, *paths])
    _run([ruff, "format", "--quiet", "--config", RUFF_SETTINGS, *paths])


def _run(command: list[str | Path]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        detail = (done.stderr or done.stdout).strip()[-1500:]
        raise LocalError(f"The client's files could not be made.\n{detail}", "Mend it, try again.")
