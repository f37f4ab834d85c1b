"""`spotter keys`: API keys for scripts and programs."""

from __future__ import annotations

import click

from spotter_client._sync.client import Spotter
from spotter_client.models import KeyRequest, Scope


@click.group()
def keys() -> None:
    """Make, list and revoke API keys, for scripts and programs."""


@keys.command()
@click.argument("name")
@click.option("--read-only", is_flag=True, help="It may look, but not send or delete.")
def create(name: str, read_only: bool) -> None:
    """Print a new API key. It is shown only now."""
    scopes = [Scope.read] if read_only else [Scope.read, Scope.write]
    with Spotter.from_login() as spotter:
        click.echo(spotter.keys.create(KeyRequest(name=name, scopes=scopes)).key)


@keys.command(name="list")
def list_keys() -> None:
    """List your API keys."""
    with Spotter.from_login() as spotter:
        for key in spotter.keys.list_all():
            scopes = ",".join(scope.value for scope in key.scopes)
            click.echo(f"{key.key_id}  {key.prefix}...  {scopes}  {key.name}")


@keys.command()
@click.argument("key_id")
def revoke(key_id: str) -> None:
    """End a key for good. Its programs stop at once."""
    with Spotter.from_login() as spotter:
        spotter.keys.revoke(key_id)
