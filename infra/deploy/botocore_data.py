"""What botocore knows of AWS, cut to what a package calls.

It reads these files for the first client of every process: more work than the client itself.
"""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Any


def keep_services(data: Path, kept: Collection[str]) -> None:
    """Forget other services, where they are to be found, and all documentation.

    Args:
        data: The folder `botocore/data` of a package.
    """
    _remove_models(data, kept)
    for file in data.glob("endpoints.json"):
        _trim_endpoints(file, kept)
    for model in data.glob("*/*/*.json.gz"):
        content = json.loads(gzip.decompress(model.read_bytes()))
        _write(model.with_suffix(""), _drop_documentation(content))
        model.unlink()


def _remove_models(data: Path, kept: Collection[str]) -> None:
    # Hundreds of folders, nearly all of the package, which botocore lists for each client
    for service in data.glob("*/"):
        if service.name not in kept:
            shutil.rmtree(service)


def _trim_endpoints(file: Path, kept: Collection[str]) -> None:
    content = json.loads(file.read_text())
    for partition in content["partitions"]:
        services = partition["services"]
        partition["services"] = {name: services[name] for name in services if name in kept}
    _write(file, content)


def _drop_documentation(value: Any) -> Any:
    if isinstance(value, list):
        return [_drop_documentation(item) for item in value]
    if isinstance(value, dict):
        return {
            key: _drop_documentation(item)
            for key, item in value.items()
            # What is no text is a member of a shape that has this name.
            if key != "documentation" or not isinstance(item, str)
        }
    return value


def _write(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, separators=(",", ":")))
