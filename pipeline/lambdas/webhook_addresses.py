"""Checks of the addresses that requests name for webhooks."""

from pipeline.core.webhooks.addresses import AddressError, check_url, read_host
from pipeline.core.webhooks.errors import NoWebhookForUrlError
from pipeline.core.webhooks.record import list_webhooks
from pipeline.lambdas.problems import FieldError, InvalidRequestError


def check_address(url: str, location: str, *, allow_loopback: bool) -> None:
    """Refuse an address that may not be called.

    Raises:
        InvalidRequestError: It names the field and says why.
    """
    try:
        check_url(url, allow_loopback=allow_loopback)
    except AddressError as error:
        raise InvalidRequestError([FieldError(location=location, detail=str(error))]) from error


def check_call_url(url: str, owner_id: str, place: str, *, allow_loopback: bool) -> None:
    """Refuse an upload's own address unless a webhook of the same user signs its calls.

    Args:
        place: Where the field is: body or query.

    Raises:
        InvalidRequestError: The address may not be called.
        NoWebhookForUrlError: The user has no webhook for this host.
    """
    check_address(url, f"{place}.webhookUrl", allow_loopback=allow_loopback)
    if read_host(url) not in {webhook.host for webhook in list_webhooks(owner_id)}:
        raise NoWebhookForUrlError
