"""The times of one picture on one core, as `make bench` measured them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from pydantic import BaseModel

MEASURED = Path(__file__).parent / "measured.json"
CAPACITY = Path(__file__).parents[2] / "infra/terraform/capacity.json"
"""The rate that Terraform and the bill use."""


class Measured(BaseModel, frozen=True):
    """Times of one picture."""

    as_of: str
    machine: str
    source: str
    service_ms: dict[float, float]
    """Megapixels to milliseconds on one core: download, decode, networks, store."""
    path_seconds: float
    """Seconds from complete upload to waiting message, plus from stored result to the user."""

    def get_service_seconds(self, megapixels: float) -> float:
        """Milliseconds of one core, linear between the measured sizes."""
        sizes, times = zip(*sorted(self.service_ms.items()), strict=True)
        return float(np.interp(megapixels, sizes, times)) / 1000

    @property
    def images_per_second(self) -> int:
        """Images a second of one core with the largest pictures, rounded down, for Terraform."""
        return int(1 / self.get_service_seconds(max(self.service_ms)))


def load_measured(path: Path = MEASURED) -> Measured:
    return Measured.model_validate_json(path.read_text())


def record(bench: Path) -> Measured:
    """Store the numbers of a run of `make bench`, here and for Terraform."""
    report = json.loads(bench.read_text())
    measured = Measured.model_validate(
        {
            "as_of": report["at"][:10],
            "machine": f"one {report['machine']} core",
            "source": "make bench",
            "service_ms": {
                size: round(ms, 1) for size, ms in report["capacity"]["service_ms"].items()
            },
            "path_seconds": round(report["capacity"]["path_seconds"], 3),
        }
    )
    MEASURED.write_text(measured.model_dump_json(indent=2) + "\n")
    capacity = json.loads(CAPACITY.read_text())
    capacity["images_per_second_per_vcpu"] = measured.images_per_second
    capacity["source"] = f"tools/capacity/measured.json, {measured.as_of}, {measured.machine}"
    CAPACITY.write_text(json.dumps(capacity, indent=2) + "\n")
    return measured
