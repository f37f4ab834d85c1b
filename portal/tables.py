"""The tables that belong to the portal."""

from pynamodb.models import Model

from portal.access.items import OperatorItem, SessionItem
from portal.actions.items import AuditItem, RunItem

TABLES: tuple[type[Model], ...] = (OperatorItem, SessionItem, AuditItem, RunItem)
"""Terraform and the local system create these beside the tasks table."""
