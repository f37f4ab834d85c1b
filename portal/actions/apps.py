"""The Django app of what operators do."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "portal.actions"

    def ready(self) -> None:
        from portal.actions import sign_ins  # noqa: F401 - it connects to Django's signals
