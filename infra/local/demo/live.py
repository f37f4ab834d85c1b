"""Send a film or photos as a camera, and print what is in each frame as a line of JSON.

Run as: python -m infra.local.demo.live FILE_OR_FOLDER
"""

import argparse
import json
import sys
from itertools import islice
from pathlib import Path

import websocket
from rich.console import Console

from infra.local.console import show_error
from infra.local.demo.camera import CameraError, read_camera
from infra.local.demo.client import DemoError, Json, connect
from infra.local.demo.live_client import LiveStream, run_at_rate, run_closed_loop
from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.state import load_state


def main() -> int:
    arguments = _parse()
    try:
        _run(arguments)
    except LocalError as error:
        show_error(Console(stderr=True), error)
        return 1
    except (CameraError, DemoError, OSError, websocket.WebSocketException) as error:
        show_error(
            Console(stderr=True), LocalError(str(error), "Is it up? Start it with: make run")
        )
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _run(arguments: argparse.Namespace) -> None:
    state = load_state(Layout(arguments.data))
    frames = islice(read_camera(arguments.pictures), arguments.frames)
    with (
        connect(state, state.people[0]) as http,
        LiveStream(http, arguments.pictures.name or "camera") as stream,
    ):
        if arguments.rate:
            run_at_rate(stream, frames, _print, rate=arguments.rate, cap=arguments.cap)
        else:
            run_closed_loop(stream, frames, _print)


def _print(message: Json) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.local.demo.live", description=__doc__)
    parser.add_argument("pictures", type=Path, metavar="FILE_OR_FOLDER")
    parser.add_argument("--frames", type=int, help="stop after so many; default: at the end")
    parser.add_argument(
        "--rate", type=float, help="frames a second; default: the next one when the answer came"
    )
    parser.add_argument(
        "--cap", type=int, default=3, help="with --rate: most frames without an answer; default: 3"
    )
    parser.add_argument(
        "--data", type=Path, default=find_layout().root, help="folder of the local system"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
