"""Make or replace a local account, the way in when Cognito is down."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.access import roles
from portal.access.items import OperatorItem

MINIMUM_LENGTH = 14


class Command(BaseCommand):
    help = "Make a local account for the portal; the password is asked for, or read from stdin."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--group", choices=list(roles.PERMISSIONS), default=roles.OPERATOR)

    def handle(self, *args: Any, name: str, group: str, **options: Any) -> None:
        password = getpass.getpass() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        if len(password) < MINIMUM_LENGTH:
            raise CommandError(f"Use at least {MINIMUM_LENGTH} characters.")
        OperatorItem(name, password=make_password(password), groups=[group]).save()
        self.stdout.write(f"{name} can sign in as {group}.")
