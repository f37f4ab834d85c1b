"""`spotter webhooks`: addresses that are called when something is finished."""

from __future__ import annotations

import click

from spotter_client._sync.client import Spotter
from spotter_client.models import EventType


@click.group()
def webhooks() -> None:
    """Create, list, test and delete webhooks, and see what was sent."""


@webhooks.command()
@click.argument("url")
@click.option(
    "--event",
    "events",
    multiple=True,
    type=click.Choice([event.value for event in EventType]),
    default=[event.value for event in EventType],
    help="What it is told; repeat it for several.",
)
def create(url: str, events: tuple[str, ...]) -> None:
    """Let URL be called. Prints the id and the secret, which is shown only now."""
    with Spotter.from_login() as spotter:
        made = spotter.webhooks.create(url, [EventType(event) for event in events])
    click.echo(f"{made.webhook_id}  {made.secret}")


@webhooks.command(name="list")
def list_webhooks() -> None:
    """List your webhooks."""
    with Spotter.from_login() as spotter:
        for webhook in spotter.webhooks.list_all():
            events = ",".join(event.value for event in webhook.events) or "-"
            failure = f"  {webhook.last_error}" if webhook.failing_since else ""
            click.echo(
                f"{webhook.webhook_id}  {webhook.status.value}  {webhook.url}  {events}{failure}"
            )


@webhooks.command()
@click.argument("webhook_id")
def delete(webhook_id: str) -> None:
    """Delete a webhook."""
    with Spotter.from_login() as spotter:
        spotter.webhooks.delete(webhook_id)


@webhooks.command()
@click.argument("webhook_id")
def test(webhook_id: str) -> None:
    """Send a test and print the id of its delivery."""
    with Spotter.from_login() as spotter:
        click.echo(spotter.webhooks.test(webhook_id))


@webhooks.command()
@click.argument("webhook_id")
def secret(webhook_id: str) -> None:
    """Print a new secret. For one day calls are signed with the old one too."""
    with Spotter.from_login() as spotter:
        click.echo(spotter.webhooks.rotate_secret(webhook_id).secret)


@webhooks.command()
@click.argument("webhook_id")
@click.option("--limit", type=click.IntRange(1), default=20, help="The most deliveries.")
def deliveries(webhook_id: str, limit: int) -> None:
    """List what was sent, newest first, with the last answer."""
    with Spotter.from_login() as spotter:
        for delivery in spotter.webhooks.list_deliveries(webhook_id, limit=limit):
            last = delivery.attempts[-1] if delivery.attempts else None
            outcome = str((last.error or last.status) if last else "-")
            when = delivery.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
            kind = f"{delivery.status.value}  {delivery.event}"
            click.echo(f"{when}  {delivery.delivery_id}  {kind}  {outcome}")


@webhooks.command()
@click.argument("webhook_id")
@click.argument("delivery_id")
def redeliver(webhook_id: str, delivery_id: str) -> None:
    """Send a delivery again."""
    with Spotter.from_login() as spotter:
        spotter.webhooks.redeliver(webhook_id, delivery_id)
