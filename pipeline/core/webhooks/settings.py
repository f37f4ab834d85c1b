"""Where a process finds the webhooks and their deliveries."""

from typing import Self

from pydantic import BaseModel
from pynamodb.models import Model

from pipeline.core.settings import read_environment
from pipeline.core.webhooks.deliveries import Delivery
from pipeline.core.webhooks.record import Webhook


class WebhookTables(BaseModel, frozen=True, hide_input_in_errors=True):
    """A process that lacks one of these variables stops at once and names it."""

    webhooks_table: str
    deliveries_table: str

    @property
    def webhook_tables(self) -> dict[type[Model], str]:
        """The models with the names of their tables."""
        return {Webhook: self.webhooks_table, Delivery: self.deliveries_table}

    @classmethod
    def load(cls) -> Self:
        """Read the settings of this process. Only entry points call it.

        Raises:
            ValidationError: A variable is missing. The error names it.
        """
        return cls.model_validate(read_environment())


class WebhookSettings(WebhookTables, frozen=True):
    """The settings of a process that adds deliveries."""

    webhooks_queue_url: str
    """The queue whose messages start `deliver`."""


class DeliverSettings(WebhookSettings, frozen=True):
    """The settings of the function that sends them."""

    aws_region: str
    tasks_table: str
    user_pool_id: str
    webhook_loopback: bool = False
    """Whether webhooks may have addresses of this machine. Only the local system sets it."""
    mail_sender: str = ""
    """The address that mails to users come from. Empty: no mail is sent."""
