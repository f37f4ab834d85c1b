"""Print shell variables for a program: `eval "$(python -m infra.local.demo.program)"`.

Sets API (the address of the API) and TOKEN (an access token of the local system's program, which
signs in as itself with client credentials, valid for an hour).
"""

import shlex
import sys
from pathlib import Path

import httpx

from infra.local import names
from infra.local.clients import Clients
from infra.local.errors import LocalError
from infra.local.layout import Layout, find_layout
from infra.local.resources.users import API_SCOPE
from infra.local.state import State, load_state


def main(layout: Layout | None = None) -> int:
    """Print the two assignments. Returns 1 and prints the reason if the system is not running."""
    try:
        state = load_state(layout or find_layout())
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    token = request_token(state)
    sys.stdout.write(f"API={shlex.quote(state.api_url)}\nTOKEN={shlex.quote(token)}\n")
    return 0


def request_token(state: State) -> str:
    """Sign in with client credentials. Operators would tell the program its id and secret."""
    cognito = Clients(state.endpoint, state.root_key).cognito
    pool_id = state.user_pool_id
    listed = cognito.list_user_pool_clients(UserPoolId=pool_id, MaxResults=60)["UserPoolClients"]
    [client_id] = [it["ClientId"] for it in listed if it["ClientName"] == names.PROGRAM_CLIENT]
    found = cognito.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    answer = httpx.post(
        f"{state.endpoint}/oauth2/token",
        auth=(client_id, found["UserPoolClient"]["ClientSecret"]),
        data={"grant_type": "client_credentials", "scope": API_SCOPE},
    ).raise_for_status()
    return str(answer.json()["access_token"])


if __name__ == "__main__":
    sys.exit(main(*(Layout(Path(path).resolve()) for path in sys.argv[1:])))
