"""Make a local account, the way in when Cognito is down, or give one a new password."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from pynamodb.exceptions import PutError

from pipeline.core.dynamo import is_condition_failure
from portal.access import roles
from portal.access.items import NO_PASSWORD, OperatorItem
from portal.access.tries import PASSWORDS, update_if

MINIMUM_LENGTH = 14


class Command(BaseCommand):
    help = "Make a local account for the portal; the password is asked for, or read from stdin."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--group", choices=list(roles.PERMISSIONS), default=roles.OPERATOR)
        choice.add_argument(
            "--new-password",
            action="store_true",
            help="set the password of an account that exists; its role and second factor stay",
        )

    def handle(self, *args: Any, name: str, group: str, new_password: bool, **options: Any) -> None:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if len(password) < MINIMUM_LENGTH:
            raise CommandError(f"Use at least {MINIMUM_LENGTH} characters.")
        if new_password:
            _set_password(name, password)
            self.stdout.write(f"{name} has a new password and is signed out everywhere.")
        else:
            _create(name, password, group)
            self.stdout.write(f"{name} can sign in as {group}.")


def _create(name: str, password: str, group: str) -> None:
    """Store a new account. An existing one, with its second factor, stays as it is."""
    item = OperatorItem(name, password=make_password(password), groups=[group])
    try:
        item.save(condition=OperatorItem.username.does_not_exist())
    except PutError as error:
        if not is_condition_failure(error):
            raise
        raise CommandError(
            f"{name} exists already. Choose another name, or set a new password with"
            " --new-password: role and second factor stay."
        ) from error


def _set_password(name: str, password: str) -> None:
    """Change the password of a local account and end its sessions."""
    actions = [
        OperatorItem.password.set(make_password(password)),
        OperatorItem.signed_out_at.set(datetime.now(UTC)),
        *PASSWORDS.forget(),
    ]
    is_local = OperatorItem.password.exists() & (OperatorItem.password != NO_PASSWORD)
    if not update_if(OperatorItem(name), actions, is_local):
        raise CommandError(
            f"There is no local account {name}. Leave out --new-password to make one."
            " Cognito keeps the passwords of all other operators."
        )
