"""The public facts of a running local system, for the demo, the tests and the web page."""

from pathlib import Path

from pydantic import BaseModel

from infra.local.errors import LocalError
from infra.local.layout import Layout


class Person(BaseModel, frozen=True):
    """Someone who can sign in."""

    email: str
    password: str
    group: str


class AccessKey(BaseModel, frozen=True):
    """Credentials of an IAM user of the local account."""

    access_key_id: str
    secret_access_key: str


class State(BaseModel, frozen=True):
    """A running local system."""

    supervisor_pid: int
    endpoint: str
    region: str
    api_url: str
    user_pool_id: str
    client_id: str
    spa_origin: str
    portal_url: str
    task_queue_url: str
    dead_letter_queue_url: str
    people: list[Person]
    worker_key: AccessKey
    root_key: AccessKey
    """The key of the account's root user, who may do everything."""
    takeover: dict[str, str] = {}
    """The environment of `python -m pipeline.core.takeover` here; empty in one region."""


def save_state(state: State, layout: Layout) -> None:
    """Write the state in one step. Only the owner can read it."""
    write_private(layout.state, state.model_dump_json(indent=2))


def load_state(layout: Layout) -> State:
    """Read the state of the running system.

    Raises:
        LocalError: No system runs.
    """
    try:
        return State.model_validate_json(layout.state.read_text())
    except FileNotFoundError as error:
        raise LocalError(
            "Spotter is not running on this machine.", "Start it with: make run"
        ) from error


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step. Only its owner can read it."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(text)
    draft.replace(path)
