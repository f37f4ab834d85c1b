"""Load the local system as its users would, and report their waiting times: `make load`.

It starts its own local system on free ports in an empty folder and stops it at the end. The load
generator and the local AWS share the cores of this machine with the system; the last column of the
second table shows the part of each. On AWS only the worker's part runs on our machines.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from infra.local.console import set_up_logging, show_error, show_step
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.signals import ended_by_signals
from infra.local.state import State
from infra.local.supervisor import running
from tests.people import sign_up
from tools.load.fairness import COSTLY_PICTURES, measure_costly, measure_fairness
from tools.load.monitor import monitored
from tools.load.phases import Scene, run_burst, run_steady
from tools.load.photos import build_costly_photo, build_photos
from tools.load.report import (
    Report,
    add_burst,
    add_costly,
    add_fairness,
    add_steady,
    plot,
    save_report,
    show_report,
    start_report,
)

REPORT = REPOSITORY / "build" / "load.json"
PLOT = REPOSITORY / "build" / "load.png"


def main() -> int:
    options = _build_parser().parse_args()
    console = Console()
    set_up_logging(console)
    report = start_report(options.users, options.seconds)
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-load-") as folder,
            ended_by_signals(),
            running(Layout(Path(folder) / "local"), find_free_port(), console) as (state, _),
        ):
            report = run(options, report, state, Path(folder), console)
    except LocalError as error:
        show_error(console, error)
        return 1
    except KeyboardInterrupt:
        return 1
    save_report(report, REPORT)
    show_report(report, console)
    return 0 if report.is_good else 1


def run(
    options: argparse.Namespace, report: Report, state: State, folder: Path, console: Console
) -> Report:
    """Run the requested phases."""
    with show_step(console, "Making photos and users"):
        photos = build_photos(folder)
        *crowd, heavy, attacker, light = sign_up(state, options.users + 3)
    scene = Scene(state, Layout(folder / "local"), folder, crowd, photos)
    if options.flood:
        with show_step(console, f"One photo at a time beside {options.flood} of another user"):
            fairness = measure_fairness(
                *(state, heavy, light, photos[1]),
                photos=options.flood,
                seconds=options.flood_seconds,
            )
        report = add_fairness(report, fairness)
        save_report(report, REPORT)
        with show_step(console, f"One photo at a time beside {COSTLY_PICTURES} costly pictures"):
            costly = build_costly_photo(folder)
            attack = measure_costly(
                *(state, attacker, light, photos[1], costly), seconds=options.flood_seconds
            )
        report = add_costly(report, attack)
        save_report(report, REPORT)
    if options.seconds:
        what = f"{options.users} users for {options.seconds:.0f} s"
        with show_step(console, what), monitored(state, scene.layout) as monitor:
            samples = run_steady(scene, options.seconds, options.pace, options.warm_up)
        plot(samples, monitor, PLOT)
        report = add_steady(report, samples, monitor)
        save_report(report, REPORT)
    if options.burst:
        with show_step(console, f"{options.burst} photos at once"):
            report = add_burst(report, run_burst(scene, options.burst))
    return report


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.load", description=__doc__)
    parser.add_argument("--users", type=int, default=100, help="default: 100")
    parser.add_argument("--seconds", type=float, default=600, help="of steady load; 0 for none")
    parser.add_argument(
        "--warm-up", type=float, default=150, help="seconds of warm-up, not counted; default: 150"
    )
    parser.add_argument(
        "--pace", type=float, default=10, help="seconds between the photos of a user; default: 10"
    )
    parser.add_argument("--burst", type=int, default=1000, help="photos at once; 0 for none")
    parser.add_argument("--flood", type=int, default=10_000, help="of the heavy user; 0 for none")
    parser.add_argument("--flood-seconds", type=float, default=120, help="at most; default: 120")
    return parser


if __name__ == "__main__":
    sys.exit(main())
