"""The Django app of operators, their audit log and their background runs."""

from django.apps import AppConfig

LABEL = "operators"
"""Part of addresses (`/operators/run/`), permissions and every stored audit entry."""


class AccessConfig(AppConfig):
    name = "portal.access"
    label = LABEL
