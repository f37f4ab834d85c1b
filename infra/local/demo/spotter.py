"""The command `spotter` of `clients/python`, signed in as the demo account of the local system.

Run as: python -m infra.local.demo.spotter live FILE_OR_FOLDER, or with any other of its commands.
SPOTTER_LOCAL names the folder of another system than that of `make run`.
"""

import os
import sys
from pathlib import Path

from rich.console import Console

from infra import CLIENT_SOURCE
from infra.local.console import show_error
from infra.local.demo.client import sign_in
from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.state import load_state
from spotter_client import SpotterError
from spotter_client.saved import API, TOKEN


def main() -> None:
    folder = os.environ.get("SPOTTER_LOCAL")
    try:
        state = load_state(Layout(Path(folder).resolve()) if folder else find_layout())
        signed_in = {API: state.api_url, TOKEN: sign_in(state, state.people[0])}
    except LocalError as error:
        show_error(Console(stderr=True), error)
        sys.exit(1)
    except SpotterError as error:
        show_error(Console(stderr=True), LocalError(str(error), "Start it with: make run"))
        sys.exit(1)
    command = [sys.executable, "-m", "spotter_client", *sys.argv[1:]]
    environment = {**os.environ, **signed_in, "PYTHONPATH": str(CLIENT_SOURCE)}
    os.execve(sys.executable, command, environment)


if __name__ == "__main__":
    main()
