"""List the known vulnerabilities of the shipped packages: `python -m infra.audit`.

Exit code 1: a vulnerability is known. 2: a database did not answer, so the result is unknown.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from infra.audit.tools import SHIPPED, complain, find_locks, run_npm, run_tool
from infra.local.errors import LocalError

FINE, VULNERABLE, UNKNOWN = 0, 1, 2


def audit_python(lock: Path) -> int:
    """Compare one lock with the vulnerability database of the package index."""
    # Without resolving or installing: the lock names every package with its hash.
    options = ["--require-hashes", "--disable-pip", "--progress-spinner", "off", "-f", "json"]
    done = run_tool(["pip_audit", *options, "-r", str(lock)])
    return _judge(lock.name, done, "dependencies")


def audit_page() -> int:
    """Compare the page's packages with npm's database."""
    return _judge("spa", run_npm(["audit", "--omit", "dev", "--json"]), "auditReportVersion")


def _judge(name: str, done: subprocess.CompletedProcess[str], key: str) -> int:
    """Distinguish a finding from a database that did not answer. Both tools exit with 1."""
    if not _is_complete(done.stdout, key):
        complain(done)
        sys.stderr.write(f"{name}: not audited, the database did not answer. Check the network.\n")
        return UNKNOWN
    if done.returncode:
        complain(done)
        sys.stderr.write(
            f"{name}: vulnerabilities are known; see above. Renew the lock with: make locks\n"
        )
        return VULNERABLE
    sys.stdout.write(f"{name}: no known vulnerabilities\n")
    return FINE


def _is_complete(output: str, key: str) -> bool:
    """Whether the answer covers every package. pip-audit skips packages that it cannot find."""
    try:
        answer = json.loads(output)
    except ValueError:
        return False
    packages = answer.get("dependencies", []) if isinstance(answer, dict) else []
    return key in answer and not any("skip_reason" in package for package in packages)


def main() -> int:
    """Audit all packages and return the worst result."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    try:
        return max([*map(audit_python, find_locks(SHIPPED)), audit_page()])
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return UNKNOWN


if __name__ == "__main__":
    sys.exit(main())
