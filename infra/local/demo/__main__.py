"""Recognise photos with the running local system.

Run as: python -m infra.local.demo PHOTO...
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console

from infra.local.console import show_error, show_step
from infra.local.demo.client import Form
from infra.local.demo.show import (
    Outcome,
    build_line,
    find_demo_photos,
    recognise_all,
    show_outcome,
)
from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.state import load_state
from spotter_client import SpotterError


def main() -> int:
    arguments = _parse()
    console = Console()
    progress = Console(stderr=True)
    form = Form(arguments.upload) if arguments.upload else None

    def report(outcome: Outcome) -> None:
        if arguments.json:
            sys.stdout.write(build_line(outcome) + "\n")
            sys.stdout.flush()
        else:
            show_outcome(console, outcome)

    try:
        state = load_state(Layout(arguments.data))
        photos = arguments.photos or find_demo_photos()
        with show_step(progress, f"Recognising {len(photos)} photos"):
            return 0 if recognise_all(state, photos, report, form) else 1
    except LocalError as error:
        show_error(progress, error)
    except SpotterError as error:
        show_error(progress, LocalError(str(error), "Is it up? Start it with: make run"))
    return 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo", description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO")
    parser.add_argument(
        "--direct", dest="upload", action="store_const", const="direct", help="in one request"
    )
    parser.add_argument(
        "--form", dest="upload", action="store_const", const="form", help="by a form of S3's"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON for each photo")
    parser.add_argument(
        "--data", type=Path, default=find_layout().root, help="folder of the local system"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
