"""Ask what is known to be wrong with the packages that we ship: `python -m infra.audit`.

Exit code 1: a vulnerability is known. 2: a database could not be asked, so nothing is known.
"""

import json
import subprocess
import sys
from pathlib import Path

from infra.audit.tools import SHIPPED, complain, find_locks, run_npm, run_tool
from infra.local.errors import LocalError

FINE, VULNERABLE, UNKNOWN = 0, 1, 2


def audit_python(lock: Path) -> int:
    """Ask the package index's database of vulnerabilities about one lock."""
    # Not resolved and not installed: the lock names every package with its hash.
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    done = run_tool(["pip_audit", *options, "-r", str(lock)])
    return _judge(lock.name, done, "dependencies")


def audit_page() -> int:
    """Ask npm's database about the page's packages."""
    return _judge("spa", run_npm(["audit", "--omit", "dev", "--json"]), "auditReportVersion")


def _judge(name: str, done: subprocess.CompletedProcess[str], key: str) -> int:
    """Tell a finding from a database that did not answer: both tools end with 1."""
    if not _is_complete(done.stdout, key):
        complain(done)
        sys.stderr.write(f"{name}: the database could not be asked. This says nothing of safety.\n")
        return UNKNOWN
    if done.returncode:
        complain(done)
        sys.stderr.write(f"{name}: vulnerabilities are known. Renew the lock with: make locks\n")
        return VULNERABLE
    sys.stdout.write(f"{name}: nothing known\n")
    return FINE


def _is_complete(output: str, key: str) -> bool:
    """Whether this is an answer about every package: pip-audit skips those that it cannot find."""
    try:
        answer = json.loads(output)
    except ValueError:
        return False
    packages = answer.get("dependencies", []) if isinstance(answer, dict) else []
    return key in answer and not any("skip_reason" in package for package in packages)


def main() -> int:
    """Ask about everything, and return the worst answer."""
    try:
        return max([*map(audit_python, find_locks(SHIPPED)), audit_page()])
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
