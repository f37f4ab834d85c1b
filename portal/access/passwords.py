"""The way in when Cognito is down: local accounts, made with `manage.py createoperator`."""

from __future__ import annotations

import logging
from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from portal.access.models import Operator
from portal.access.tries import PASSWORDS

logger = logging.getLogger(__name__)


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
        if not PASSWORDS.claim(operator.source):
            logger.warning("Sign-in refused: too many wrong passwords of %s", operator.pk)
            return None
        if not operator.check_password(password):
            # An alarm counts lines with "Sign-in refused" and "wrong"
            logger.warning("Sign-in refused: wrong password of %s", operator.pk)
            return None
        operator.source.update(actions=PASSWORDS.forget())
        return operator

    def get_user(self, user_id: str) -> Operator | None:
        return Operator.objects.filter(pk=user_id).first()
