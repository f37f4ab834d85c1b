"""The worker's service on an instance: what a process that hostile bytes took over cannot do."""

from configparser import ConfigParser

import pytest

from infra.repository import REPOSITORY

UNIT = REPOSITORY / "infra/terraform/modules/workers/files/spotter-worker.service"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("User", "spotter"),
        ("NoNewPrivileges", "yes"),
        ("CapabilityBoundingSet", ""),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("SystemCallFilter", "@system-service"),
    ],
)
def test_the_worker_runs_without_rights(setting: str, value: str) -> None:
    unit = ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment, method-assign]
    unit.read(UNIT)

    assert unit["Service"][setting] == value
