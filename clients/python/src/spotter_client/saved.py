"""The sign-in that `spotter login` keeps, in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from spotter_client.auth import Auth, KeyAuth, RefreshAuth, TokenAuth, UserPool
from spotter_client.errors import SignInError

API = "SPOTTER_API"
KEY = "SPOTTER_KEY"
TOKEN = "SPOTTER_TOKEN"  # A name, no token
FOLDER = "SPOTTER_CONFIG"


@dataclass(frozen=True)
class Login:
    """Where a user signs in, and with what."""

    api_url: str
    key: str | None = None
    token: str | None = None
    pool: UserPool | None = None
    refresh_token: str | None = None

    def build_auth(self) -> Auth:
        """The way to sign in."""
        if self.key:
            return KeyAuth(self.api_url, self.key)
        if self.token:
            return TokenAuth(self.token)
        if self.pool and self.refresh_token:
            return RefreshAuth(self.pool, self.refresh_token)
        raise SignInError(f"Nobody has signed in. Set {KEY} too, or run: spotter login ADDRESS")


def find_file() -> Path:
    """Where the sign-in is kept."""
    folder = os.environ.get(FOLDER) or click.get_app_dir("spotter")
    return Path(folder) / "login.json"


def load_login() -> Login:
    """The sign-in of the environment, else the kept one.

    Raises:
        SignInError: There is none.
    """
    if api_url := os.environ.get(API):
        return Login(api_url, key=os.environ.get(KEY), token=os.environ.get(TOKEN))
    path = find_file()
    try:
        kept = json.loads(path.read_text("utf-8"))
        pool = UserPool(**kept.pop("pool")) if kept.get("pool") else None
        return Login(**{**kept, "pool": pool})
    except FileNotFoundError as error:
        hint = f"Run: spotter login ADDRESS. Or set {API} and {KEY}."
        raise SignInError(f"Nobody has signed in. {hint}") from error
    except (ValueError, TypeError) as error:
        raise SignInError(f"{path} cannot be read. Run: spotter login ADDRESS") from error


def save_login(login: Login) -> Path:
    """Keep a sign-in instead of the last one."""
    path = find_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(login)), "utf-8")
    return draft.replace(path)


def forget_login() -> bool:
    """Forget the kept sign-in. Returns whether there was one."""
    path = find_file()
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed
