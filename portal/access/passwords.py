"""The way in when Cognito is down: local accounts, made with `manage.py createoperator`."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from portal.access.items import OperatorItem
from portal.access.models import Operator

logger = logging.getLogger(__name__)

ATTEMPTS = 5
LOCKED_FOR = timedelta(minutes=15)


class PasswordBackend(BaseBackend):
    """Checks a local password. After five wrong ones the account is locked for a while."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Operator | None:
        if not username or not password:
            return None
        operator = self.get_user(username)
        if operator is None or not operator.is_local:
            make_password(password)  # The same time as for an account that exists
            return None
        if _is_locked(operator.source):
            logger.warning("Sign-in refused: %s is locked", operator.pk)
            return None
        if not operator.check_password(password):
            _count_failure(operator.source)
            return None
        operator.source.update(actions=[OperatorItem.failed_count.set(0)])
        return operator

    def get_user(self, user_id: str) -> Operator | None:
        return Operator.objects.filter(pk=user_id).first()


def _is_locked(item: OperatorItem) -> bool:
    recent = item.failed_at and datetime.now(UTC) - item.failed_at < LOCKED_FOR
    return bool(recent) and item.failed_count >= ATTEMPTS


def _count_failure(item: OperatorItem) -> None:
    now = datetime.now(UTC)
    expired = not item.failed_at or now - item.failed_at >= LOCKED_FOR
    count = OperatorItem.failed_count
    item.update(
        actions=[count.set(1) if expired else count.add(1), OperatorItem.failed_at.set(now)]
    )
