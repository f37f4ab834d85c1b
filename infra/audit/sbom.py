"""Write bills of materials (CycloneDX) of everything that is shipped: `python -m infra.audit.sbom`.

They come from the locks. They need no network and name the installed hashes.
https://cyclonedx.org/specification/overview/
"""

import sys
from pathlib import Path

from infra.audit.tools import SHIPPED, complain, find_locks, run_npm, run_tool
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY

FOLDER = REPOSITORY / "build" / "sbom"


def write_bills(folder: Path = FOLDER) -> list[Path]:
    """Write the bills of all locks and of the page.

    Raises:
        LocalError: A tool could not be installed or refused a lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for lock in find_locks(SHIPPED):
        bill = folder / f"{lock.stem}.json"
        options = ["--output-reproducible", "--of", "JSON", "-o", str(bill)]
        done = run_tool(["cyclonedx_py", "requirements", str(lock), *options])
        if done.returncode:
            complain(done)
            raise LocalError(f"{lock.name} could not be read.", "Renew it with: make locks")
        written.append(bill)
    done = run_npm(["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"])
    if done.returncode:
        complain(done)
        raise LocalError("npm could not write the page's bill.", "Read its message above.")
    page = folder / "spa.json"
    page.write_text(done.stdout)
    return [*written, page]


def main() -> int:
    """Write the bills and print their names."""
    try:
        written = write_bills()
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.writelines(f"{path.relative_to(REPOSITORY)}\n" for path in written)
    return 0


if __name__ == "__main__":
    sys.exit(main())
