"""Webhooks, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import CharField, DateTimeField, IntegerField, Model

from pipeline.core.webhooks import record
from portal.remote.queryset import RemoteQuerySet

SEPARATOR = "~"


class WebhookQuerySet(RemoteQuerySet["Webhook"]):
    def read_rows(self) -> Iterator[Webhook]:
        """Those that fail come first. One webhook is read alone, since its page needs no other."""
        keys = self.equal_to("key")
        if keys is None:
            found = record.list_all_webhooks()
        else:
            pairs = (key.partition(SEPARATOR) for key in keys)
            found = [it for owner, _, name in pairs if (it := record.find_webhook(owner, name))]
        for source in found:
            yield self._to_row(source)

    def _to_row(self, source: record.Webhook) -> Webhook:
        return self.build(
            source=source,
            key=f"{source.owner_id}{SEPARATOR}{source.webhook_id}",
            owner_id=source.owner_id,
            url=source.url,
            status=source.status,
            failures=int(source.failures),
            failing_since=source.failing_since,
            last_success_at=source.last_success_at,
            last_error=source.last_error or "",
            created_at=source.created_at,
        )


class Webhook(Model):
    """One address of one user. It has no SQL table, and no page shows its secret."""

    key = CharField("webhook", primary_key=True, max_length=120)
    owner_id = CharField("owner", max_length=64)
    url = CharField("address", max_length=1000)
    status = CharField(max_length=20)
    failures = IntegerField()
    failing_since = DateTimeField(null=True)
    last_success_at = DateTimeField("last success", null=True)
    last_error = CharField(max_length=200)
    created_at = DateTimeField("created")

    objects = WebhookQuerySet.as_manager()
    source: record.Webhook
    address: str = ""
    """E-mail address of the owner, if the page asked for it."""

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("change_webhook", "Can stop webhooks and send again"),)

    def __str__(self) -> str:
        return self.url
