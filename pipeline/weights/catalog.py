"""The networks, the package and file that each comes from, and their sha256.

The table is `pipeline/worker/vision/data/models.json`. The worker checks its weights against
the same table.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parents[1] / "worker" / "vision" / "data" / "models.json"


@dataclass(frozen=True)
class Source:
    """The file in its package that a network is converted from."""

    package: str
    """Name and version in pip's notation."""
    wheel: str
    wheel_sha256: str
    member: str
    """Path inside the wheel."""
    sha256: str


@dataclass(frozen=True)
class Network:
    """One ONNX file that the worker loads."""

    name: str
    version: str
    """Version of the package and of our conversion."""
    file: str
    sha256: str
    licence: str
    source: Source


def read_networks(table: Path = TABLE) -> list[Network]:
    rows: list[dict[str, Any]] = json.loads(table.read_text(encoding="utf-8"))
    return [Network(**row | {"source": Source(**row["source"])}) for row in rows]


def has_sha256(path: Path, sha256: str) -> bool:
    """Return whether the file exists, is readable and has this sha256."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    except OSError:
        return False
