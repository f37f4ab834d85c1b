"""Start Spotter on this machine and keep it up.

Run as: python -m infra.local
"""

import argparse
import os
import sys
import time
from pathlib import Path

from rich.console import Console

from infra.local.console import set_up_logging, show_error, show_state
from infra.local.demo.show import find_demo_photos, recognise_all, show_outcome
from infra.local.errors import LocalError
from infra.local.layout import DEFAULT_LAYOUT, REGIONS_LAYOUT, Layout
from infra.local.ports import DEFAULT_PORT
from infra.local.regions.link import LAG_SECONDS
from infra.local.regions.plan import build_plan
from infra.local.server import Server
from infra.local.signals import ended_by_signals
from infra.local.state import State
from infra.local.supervisor import running
from spotter_client import SpotterError


def main() -> int:
    arguments = _parse()
    console = Console()
    set_up_logging(console)
    two = arguments.regions == 2
    layout = Layout((arguments.data or (REGIONS_LAYOUT if two else DEFAULT_LAYOUT).root).resolve())
    started = running(
        layout,
        arguments.port,
        console,
        sleep_after=arguments.sleep_after,
        regions=build_plan(arguments.lag) if two else None,
    )
    try:
        with ended_by_signals(), started as (state, server):
            if arguments.demo:
                _show_demo(state, console)
            show_state(console, state, layout)
            _stay(server)
    except LocalError as error:
        show_error(console, error)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _show_demo(state: State, console: Console) -> None:
    """Run the demo. If it fails, print the error and keep the system running for the analysis."""
    try:
        photos = find_demo_photos()
        recognise_all(state, photos, lambda outcome: show_outcome(console, outcome))
    except (LocalError, SpotterError) as error:
        console.print(f"[yellow]The demo did not work: {error}[/]")


def _stay(server: Server) -> None:
    while server.process.poll() is None:
        time.sleep(0.5)
    raise LocalError(
        f"The local AWS ended unexpectedly. The end of {server.log}:\n{server.describe_end()}",
        "Start again with: make run",
    )


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or DEFAULT_PORT)
    parser.add_argument("--data", type=Path, help="folder of data and logs")
    parser.add_argument(
        "--regions",
        type=int,
        choices=(1, 2),
        default=os.environ.get("REGIONS") or 1,
        help="run a second region too, and a front that leads callers to either",
    )
    parser.add_argument(
        "--lag",
        type=float,
        metavar="SECONDS",
        default=LAG_SECONDS,
        help="how long a write takes to the other region",
    )
    parser.add_argument(
        "--sleep-after",
        type=float,
        metavar="SECONDS",
        default=os.environ.get("SLEEP_AFTER") or None,
        help="let the workers sleep after this quiet time; the next picture starts one",
    )
    parser.add_argument("--no-demo", dest="demo", action="store_false")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
