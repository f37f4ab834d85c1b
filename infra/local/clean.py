"""Delete the data of the local systems. Refuses while one of them runs.

Run as: python -m infra.local.clean
"""

import shutil
import sys

from rich.console import Console

from infra.local.console import show_error
from infra.local.errors import LocalError
from infra.local.layout import DEFAULT_LAYOUT, REGIONS_LAYOUT, Layout
from infra.local.lock import heal, hold_lock


def clean(layout: Layout) -> None:
    """Delete the folder of a system.

    Raises:
        LocalError: The system runs.
    """
    if not layout.root.exists():
        return
    layout.create()
    with hold_lock(layout):
        heal(layout)
        shutil.rmtree(layout.root)


def main() -> int:
    try:
        for layout in (DEFAULT_LAYOUT, REGIONS_LAYOUT):
            clean(layout)
    except LocalError as error:
        show_error(Console(stderr=True), error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
