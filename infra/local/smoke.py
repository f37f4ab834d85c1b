"""Start everything in an empty folder, recognise photos, and stop. Unattended, at most 10 minutes.

Standard output gets one line of JSON for each photo, standard error everything else.

Run as: python -m infra.local.smoke [PHOTO...]
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from infra.local.console import set_up_logging, show_error
from infra.local.demo.show import Outcome, build_line, find_demo_photos, recognise_all
from infra.local.errors import LocalError
from infra.local.layout import Layout
from infra.local.ports import find_free_port
from infra.local.signals import ended_by_signals
from infra.local.supervisor import running
from spotter_client import SpotterError

LIMIT_SECONDS = 600  # The first start on a machine installs packages


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.local.smoke", description=__doc__)
    parser.add_argument("photos", nargs="*", type=Path, metavar="PHOTO")
    photos = parser.parse_args().photos or find_demo_photos()
    console = Console(stderr=True)
    set_up_logging(console)
    try:
        with tempfile.TemporaryDirectory(prefix="spotter-") as folder, _bounded():
            return _smoke(Layout(Path(folder)), photos, console)
    except LocalError as error:
        show_error(console, error)
    except SpotterError as error:
        show_error(console, LocalError(str(error), "Look at the messages above."))
    except KeyboardInterrupt:
        console.print("Stopped before the end.")
    return 1


def _smoke(layout: Layout, photos: list[Path], console: Console) -> int:
    with ended_by_signals(), running(layout, find_free_port(), console) as (state, _):
        return 0 if recognise_all(state, photos, _print) else 1


def _print(outcome: Outcome) -> None:
    sys.stdout.write(build_line(outcome) + "\n")
    sys.stdout.flush()


@contextmanager
def _bounded() -> Iterator[None]:
    def give_up(number: int, frame: FrameType | None) -> None:
        raise LocalError(
            f"The smoke test took longer than {LIMIT_SECONDS} s.", "Look at the messages above."
        )

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


if __name__ == "__main__":
    sys.exit(main())
