"""What can be wrong with a request about webhooks. Their codes are published: never rename one."""

from pipeline.core.errors import PipelineError


class WebhookNotFoundError(PipelineError):
    """No webhook has the requested id, or it belongs to somebody else."""

    code = "webhook_not_found"
    message = "There is no such webhook. GET /webhooks lists yours."


class DeliveryNotFoundError(PipelineError):
    """The webhook has no delivery with the requested id, or it has expired."""

    code = "delivery_not_found"
    message = (
        "There is no such delivery. They are kept for 7 days; list them with"
        " GET /webhooks/{webhookId}/deliveries."
    )


class TooManyWebhooksError(PipelineError):
    """This user has as many webhooks as one user may have."""

    code = "too_many_webhooks"
    message = "You have 5 webhooks. Delete one with DELETE /webhooks/{webhookId} first."


class WebhookExistsError(PipelineError):
    """This user has a webhook for this host."""

    code = "webhook_exists"
    message = (
        "You have a webhook for this host. Delete it with DELETE /webhooks/{webhookId} first, or"
        " send webhookUrl with an upload to be called at another path of the host."
    )


class WebhookBlockedError(PipelineError):
    """An operator stopped this webhook."""

    code = "webhook_blocked"
    message = "The operators have stopped this webhook. Ask them why."


class NoWebhookForUrlError(PipelineError):
    """An upload names an address for whose host its user has no webhook."""

    code = "no_webhook_for_url"
    message = (
        "You have no webhook for the host of webhookUrl, so nothing could sign the call. Create one"
        " for this host with POST /webhooks first."
    )
