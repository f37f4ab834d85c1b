"""Print shell variables with which any AWS client reaches the local AWS as its root.

Run as: eval "$(python -m infra.local.profile)"
"""

import shlex
import sys

from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.state import State, load_state


def build_variables(state: State) -> dict[str, str]:
    """The variables that AWS's own tools and SDKs read."""
    return {
        "AWS_ENDPOINT_URL": state.endpoint,
        "AWS_DEFAULT_REGION": state.region,
        "AWS_ACCESS_KEY_ID": state.root_key.access_key_id,
        "AWS_SECRET_ACCESS_KEY": state.root_key.secret_access_key,
    }


def main(layout: Layout | None = None) -> int:
    """Print the assignments. Returns 1 and prints the reason if the system is not running."""
    try:
        state = load_state(layout or find_layout())
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    for name, value in build_variables(state).items():
        sys.stdout.write(f"export {name}={shlex.quote(value)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
