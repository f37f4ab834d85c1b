"""Searches logs for secrets."""

import re
from collections.abc import Iterator
from pathlib import Path

from infra.local.layout import Layout
from infra.local.state import State

PATTERNS = {
    "token": r"eyJ[\w-]{8,}\.[\w-]{8,}",
    "signature": r"(?i)(x-amz-signature|signature)=[0-9a-f]{16,}",
    "signed policy": r"(?i)x-amz-credential",
    "access key": r"\b(AKIA|ASIA)[A-Z0-9]{16}\b",
    "authorization header": r"(?i)authorization[\"']?\s*[:=]\s*[\"']?(bearer|aws4)",
    "API key": r"spk_[\w-]{40,}",
    "e-mail address": r"[\w.+-]+@[\w-]+\.[a-z]{2,}",
}


EXPECTED = {("aws.log", "e-mail address")}
"""The local AWS logs the mails that it does not send. AWS has no such log."""


def find_secrets(layout: Layout, state: State) -> Iterator[str]:
    """File, line and kind of each secret in the logs of a local system. Never its value."""
    passwords = [re.escape(person.password) for person in state.people]
    keys = [state.worker_key.secret_access_key, state.root_key.secret_access_key]
    own = {"password": "|".join(passwords), "secret key": "|".join(re.escape(key) for key in keys)}
    patterns = {name: re.compile(text) for name, text in (PATTERNS | own).items()}
    for path in find_logs(layout):
        with path.open(errors="replace") as file:
            for number, line in enumerate(file, 1):
                for name, pattern in patterns.items():
                    if (path.name, name) not in EXPECTED and pattern.search(line):
                        yield f"{path.name}:{number}: {name}"


def find_logs(layout: Layout) -> list[Path]:
    """The logs of workers, functions, portal and the local AWS."""
    return sorted(layout.logs.rglob("*.log"))
