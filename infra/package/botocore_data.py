"""Reduces botocore's descriptions of AWS services to those that a package calls.

botocore reads these files for the first client of every process, and reading them takes longer than
making the client.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any


def keep_services(data: Path, kept: Collection[str]) -> None:
    """Remove all other services, their addresses, and the documentation of those that stay.

    Args:
        data: The folder `botocore/data` of a package.
    """
    # Hundreds of folders, nearly all of the package's size; botocore lists them for each client.
    for service in data.glob("*/"):
        if service.name not in kept:
            shutil.rmtree(service)
    prefixes = {_rewrite_model(model) for model in data.glob("*/*/*.json.gz")}
    for file in data.glob("endpoints.json"):
        _trim_endpoints(file, prefixes)


def _rewrite_model(file: Path) -> str | None:
    """Write a description uncompressed and without documentation.

    Returns:
        The service's name in endpoints.json, if the file states one.
    """
    content = json.loads(gzip.decompress(file.read_bytes()))
    _write(file.with_suffix(""), _drop_documentation(content))
    file.unlink()
    prefix: str | None = content.get("metadata", {}).get("endpointPrefix")
    return prefix


def _trim_endpoints(file: Path, prefixes: Collection[str | None]) -> None:
    content = json.loads(file.read_text())
    for partition in content["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in prefixes}
    _write(file, content)


def _drop_documentation(value: Any) -> Any:
    if isinstance(value, list):
        return [_drop_documentation(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _drop_documentation(item)
            for key, item in value.items()
            # A value that is no text describes a field that is called "documentation".
            if key != "documentation" or not isinstance(item, str)
        }
    return value


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")))
