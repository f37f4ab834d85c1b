"""`spotter login`, `spotter logout`, `spotter token`."""

from __future__ import annotations

import shlex
from urllib.parse import urlsplit

import click
import httpx

from spotter_client._sync.client import Spotter
from spotter_client.auth import KeyAuth, PasswordAuth, UserPool
from spotter_client.errors import SignInError
from spotter_client.saved import Login, forget_login, load_login, save_login

PAGE_SECONDS = 15


@click.command()
@click.argument("address")
@click.option("--email", help="Your account. Asked for if left out.")
@click.option(
    "--password", envvar="SPOTTER_PASSWORD", help="Better not: others may see it. Asked for."
)
@click.option("--key", is_flag=True, help="Sign in with an API key, which is asked for.")
def login(address: str, email: str | None, password: str | None, key: bool) -> None:
    """Sign in at ADDRESS, the address of the web page, and stay signed in."""
    config = read_page(address)
    api_url = config["apiUrl"]
    if key:
        secret = click.prompt("API key", hide_input=True)
        kept = Login(api_url, key=secret)
        with Spotter(api_url, KeyAuth(api_url, secret)) as spotter:
            spotter.get_token()
    else:
        kept = _sign_in(
            config,
            email or click.prompt("Email"),
            password or click.prompt("Password", hide_input=True),
        )
    click.echo(f"Signed in. Kept in {save_login(kept)}", err=True)


@click.command()
def logout() -> None:
    """Forget the sign-in of this machine."""
    click.echo("Signed out." if forget_login() else "Nobody was signed in.", err=True)


@click.command()
def token() -> None:
    """Print API and TOKEN for a shell: eval "$(spotter token)"."""
    kept = load_login()
    with Spotter(kept.api_url, kept.build_auth()) as spotter:
        value = spotter.get_token()
    click.echo(f"API={shlex.quote(kept.api_url)}\nTOKEN={shlex.quote(value)}")


def read_page(address: str) -> dict[str, str]:
    """The settings that the web page reads, too.

    Raises:
        SignInError: There is no page of Spotter.
    """
    url = address if "://" in address else f"https://{address}"
    try:
        parts = urlsplit(url)
        host = str(parts.hostname)
        # These names mean this machine (RFC 6761), but not every system looks them up so.
        server = parts.netloc.replace(host, "127.0.0.1") if host.endswith(".localhost") else None
        response = httpx.get(
            f"{parts.scheme}://{server or parts.netloc}/config.json",
            headers={"Host": parts.netloc},
            timeout=PAGE_SECONDS,
        )
        config: dict[str, str] = response.raise_for_status().json()
        return {name: config[name] for name in ("apiUrl", "userPoolId", "userPoolClientId")} | {
            "userPoolEndpoint": config.get("userPoolEndpoint", "")
        }
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
        raise SignInError(
            f"There is no page of Spotter at {url}. Give the address of the web page."
        ) from error


def _sign_in(config: dict[str, str], email: str, password: str) -> Login:
    pool = UserPool(
        config["userPoolId"], config["userPoolClientId"], config["userPoolEndpoint"] or None
    )
    auth = PasswordAuth(pool, email, password)
    with Spotter(config["apiUrl"], auth) as spotter:
        spotter.get_token()
    return Login(config["apiUrl"], pool=pool, refresh_token=auth.refresh_token)
