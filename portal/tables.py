"""The tables that belong to the portal."""

from pynamodb.models import Model

from portal.access.items import OperatorItem, SessionItem
from portal.actions.items import AuditItem, RunItem

TABLES: dict[str, type[Model]] = {
    "operators_table": OperatorItem,
    "sessions_table": SessionItem,
    "audit_table": AuditItem,
    "runs_table": RunItem,
}
"""The portal's own models by the setting that names the table."""
