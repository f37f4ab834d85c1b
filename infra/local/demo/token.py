"""Print shell variables for calls of the local API: `eval "$(python -m infra.local.demo.token)"`.

Sets API (the address of the API) and TOKEN (an ID token of the demo account, valid for an hour).
"""

import shlex
import sys

from infra.local.demo.client import sign_in
from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.state import load_state
from spotter_client import SpotterError


def main(layout: Layout | None = None) -> int:
    """Print the two assignments. Returns 1 and prints the reason if the system is not running."""
    try:
        state = load_state(layout or find_layout())
        token = sign_in(state, state.people[0])
    except (LocalError, SpotterError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"API={shlex.quote(state.api_url)}\nTOKEN={shlex.quote(token)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
