"""Breaks the local system in every known way and counts what is lost: `make chaos`.

It starts its own local system on free ports in an empty folder. Examples:

    python -m tools.chaos --list
    python -m tools.chaos --tasks 40 kill_decoded s3_error
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from infra.local.console import set_up_logging, show_error, show_step
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY
from infra.local.rekognition.budget import VARIABLE, is_offered
from infra.local.signals import ended_by_signals
from pipeline.core.options import Engine
from spotter_client import SpotterError
from tools.chaos.faults import FAULTS, Fault
from tools.chaos.ledger import Labels
from tools.chaos.live.cameras import learn_pictures
from tools.chaos.live.frames import FRAME_FAULTS, FrameRow, read_pictures, run_frame_fault
from tools.chaos.load import Load
from tools.chaos.photos import find_photos
from tools.chaos.report import AnyRow, describe, save_report, show_report
from tools.chaos.rolling import get_folder, old_workers, unpack
from tools.chaos.run import Row, learn_labels, run_fault
from tools.chaos.system import System, running_system

REPORT = REPOSITORY / "build" / "chaos.json"
TASKS = 30
VISIBILITY_SECONDS = 15
EARLIER_RELEASE = "HEAD~10"
ROLLING = "rolling_"
LOG_COLUMNS = 120
ALL = (*FAULTS, *FRAME_FAULTS)


def main() -> int:
    arguments = _parse()
    if arguments.list:
        sys.stdout.write("\n".join(ALL) + "\n")
        return 0
    # A log file has no width; rich would cut the table at 80 columns.
    console = Console(width=None if sys.stdout.isatty() else LOG_COLUMNS)
    set_up_logging(console)
    chosen = list(arguments.faults or ALL)
    rows: list[AnyRow] = []
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-chaos-") as folder,
            ended_by_signals(),
            running_system(Path(folder), arguments.visibility, console) as system,
        ):
            _run(system, chosen, arguments, rows, console)
    except LocalError as error:
        show_error(console, error)
    except (SpotterError, TimeoutError, subprocess.CalledProcessError) as error:
        show_error(console, LocalError(f"{error}.", "Stop other programs and try again."))
    except KeyboardInterrupt:
        console.print("Stopped before the end.")
    if rows:
        save_report(rows, arguments.output)
        show_report(rows, console, visibility_seconds=arguments.visibility)
    return 0 if len(rows) == len(chosen) and all(row.is_good for row in rows) else 1


def _run(
    system: System,
    names: list[str],
    arguments: argparse.Namespace,
    rows: list[AnyRow],
    console: Console,
) -> None:
    strike_photos = _prepare_photos(system, names, arguments, console)
    strike_cameras = _prepare_cameras(system, names, console)
    for name in names:
        with show_step(console, f"{name} ({len(rows) + 1} of {len(names)})"):
            rows.append(strike_photos(name) if name in FAULTS else strike_cameras(name))
        console.print(f"  {describe(rows[-1])}", highlight=False)


def _prepare_photos(
    system: System, names: list[str], arguments: argparse.Namespace, console: Console
) -> Callable[[str], Row]:
    """Learn what is right, and return what runs a fault under photos."""
    chosen = [FAULTS[name] for name in names if name in FAULTS]
    photos = find_photos(system.layout.root)
    load = Load(system.state, photos)
    learnt = []
    if chosen:
        with show_step(console, "Reading the labels of the photos"):
            learnt = _learn_labels(system, load, len(photos), chosen, arguments.earlier)
    references = {photo.name: [labels[photo.name] for labels in learnt] for photo in photos}
    return lambda name: run_fault(system, load, references, FAULTS[name], arguments.tasks)


def _learn_labels(
    system: System, load: Load, photos: int, chosen: list[Fault], earlier: str
) -> list[dict[str, Labels]]:
    learnt = [learn_labels(system, load, photos)]
    if any(fault.engine == Engine.REKOGNITION for fault in chosen):
        learnt.append(learn_labels(system, load, photos, Engine.REKOGNITION))
    if any(fault.name.startswith(ROLLING) for fault in chosen):
        # The networks of the old release may give other confidences.
        unpack(earlier, get_folder(system))
        with old_workers(system):
            learnt.append(learn_labels(system, load, photos))
    return learnt


def _prepare_cameras(
    system: System, names: list[str], console: Console
) -> Callable[[str], FrameRow]:
    """Learn what is right, and return what runs a fault under cameras."""
    pictures, reference = read_pictures(), []
    if any(name in FRAME_FAULTS for name in names):
        with show_step(console, "Reading the labels of the cameras' pictures"):
            reference = learn_pictures(system.state, pictures)
    return lambda name: run_frame_fault(system, pictures, reference, FRAME_FAULTS[name])


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.chaos", description=__doc__)
    parser.add_argument("faults", nargs="*", metavar="FAULT", help="default: all")
    parser.add_argument("--list", action="store_true", help="name the faults")
    parser.add_argument("--tasks", type=int, default=TASKS, help="pictures for each fault")
    parser.add_argument(
        "--visibility", type=int, default=VISIBILITY_SECONDS, help="seconds; 60 on AWS"
    )
    parser.add_argument("--earlier", default=EARLIER_RELEASE, help="commit of the old release")
    parser.add_argument("--output", type=Path, default=REPORT)
    arguments = parser.parse_args()
    if unknown := set(arguments.faults) - set(ALL):
        parser.error(f"no such fault: {', '.join(sorted(unknown))}; see --list")
    wanted = [FAULTS[name] for name in arguments.faults or FAULTS if name in FAULTS]
    needs_stand_in = any(fault.engine == Engine.REKOGNITION for fault in wanted)
    if needs_stand_in and not arguments.list and not is_offered():
        parser.error(f"these faults need Amazon Rekognition's stand-in: set {VARIABLE}=1")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
