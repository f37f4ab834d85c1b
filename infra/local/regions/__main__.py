"""Lose and find a region of a running local system of two: `make run REGIONS=2`.

python -m infra.local.regions                  prints the state
python -m infra.local.regions down us-east-1   the region answers nobody
python -m infra.local.regions up us-east-1     it is back
python -m infra.local.regions near eu-west-1   callers are near it, and the front leads them there
python -m infra.local.regions cut              both work, but nothing is copied
python -m infra.local.regions join             copies arrive again
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

import httpx
from rich.console import Console

from infra.local.console import show_error
from infra.local.errors import LocalError
from infra.local.layout import REGIONS_LAYOUT, Layout
from infra.local.regions.plan import REGIONS
from infra.local.regions.remote import Switch, turn
from infra.local.state import load_state


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.regions",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, default=REGIONS_LAYOUT.root)
    parser.add_argument("what", nargs="?", choices=get_args(Switch))
    parser.add_argument("region", nargs="?", choices=REGIONS)
    options = parser.parse_args()
    if (options.what in ("down", "up", "near")) != bool(options.region):
        parser.error("name a region with down, up and near, and none with cut and join")
    try:
        state = load_state(Layout(options.data))
        situation = turn(state.endpoint, state.root_key, options.what, options.region)
    except httpx.HTTPError as error:
        problem = LocalError(f"The system does not answer: {error}", "Start it: make run REGIONS=2")
        show_error(Console(stderr=True), problem)
        return 1
    except LocalError as error:
        show_error(Console(stderr=True), error)
        return 1
    sys.stdout.write(f"{situation.describe()}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
