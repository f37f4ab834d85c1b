"""An audit without an answer is never reported as free of vulnerabilities."""

import json
import subprocess
from pathlib import Path

import pytest

from infra.audit import __main__ as audit
from infra.audit.sbom import write_bills
from infra.audit.tools import find_locks

SKIPPED = json.dumps({"dependencies": [{"name": "requests", "skip_reason": "Not found"}]})
ANSWER = json.dumps({"dependencies": []})


@pytest.mark.parametrize(
    ("code", "output", "expected"),
    [
        (0, ANSWER, audit.FINE),
        (1, ANSWER, audit.VULNERABLE),
        (1, "", audit.UNKNOWN),
        (1, '{"error": {}}', audit.UNKNOWN),
        (0, "", audit.UNKNOWN),
        (0, SKIPPED, audit.UNKNOWN),
    ],
)
def test_a_finding_and_a_missing_answer_have_different_exit_codes(
    code: int, output: str, expected: int
) -> None:
    done = subprocess.CompletedProcess([], code, stdout=output, stderr="")

    assert audit._judge("worker", done, "dependencies") == expected


@pytest.mark.slow
def test_the_bills_list_every_shipped_package_with_its_hash(tmp_path: Path) -> None:
    worker, *_ = (path for path in write_bills(tmp_path) if path.stem == "worker")

    components = json.loads(worker.read_text())["components"]

    (lock,) = find_locks(["worker"])
    pinned = {line.split("==")[0] for line in lock.read_text().splitlines() if "==" in line[:60]}
    assert {component["name"] for component in components} == pinned
    assert all(component["externalReferences"] for component in components)
    assert len(list(tmp_path.iterdir())) == 4
