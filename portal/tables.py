"""The tables that belong to the portal."""

from pynamodb.models import Model

from portal.access.items import OperatorItem, SessionItem
from portal.actions.items import AuditItem, RunItem
from portal.remote.answers import AnswerItem

TABLES: dict[str, type[Model]] = {
    "operators_table": OperatorItem,
    "sessions_table": SessionItem,
    "audit_table": AuditItem,
    "runs_table": RunItem,
    "answers_table": AnswerItem,
}
"""The portal's own models by the setting that names the table."""
