"""Runs Terraform for one environment, with its state in the account."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.repository import REPOSITORY

ENVIRONMENTS = ("dev", "prod")


class Stack:
    """One folder of infra/terraform/envs."""

    def __init__(self, environment: str, account: Account, *, ask: bool) -> None:
        self._folder = REPOSITORY / "infra/terraform/envs" / environment
        self._account = account
        self._ask = ask
        given = (self._folder / "terraform.tfvars").exists() or "TF_VAR_alarm_emails" in os.environ
        if not given:
            raise DeployError(
                "No address receives alarms. Copy infra/terraform/terraform.tfvars.example to"
                f" {self._folder.relative_to(REPOSITORY)}/terraform.tfvars and fill it in."
            )

    def init(self, *, make: bool = True) -> None:
        """Connect to the state. `make` creates its bucket if it is missing."""
        if make:
            self._account.ensure_state_bucket()
        place = [f"bucket={self._account.state_bucket}", f"region={self._account.region}"]
        self._run("init", "-input=false", *(f"-backend-config={it}" for it in place))

    def plan(self) -> None:
        """Print what an apply would change. Takes no lock, which a reading role cannot write."""
        self._run("plan", "-input=false", "-lock=false")

    def apply(self, *options: str) -> None:
        """Apply the code. Shows the plan and asks, unless `ask` is False."""
        self._run("apply", *options, *self._approval())

    def find_second_region(self) -> str | None:
        """The value of options.second_region."""
        done = subprocess.run(
            ["terraform", "console"],
            cwd=self._folder,
            env=self._environment(),
            input='try(var.options.second_region, "")',
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        value = done.stdout.strip().strip('"')
        return value if value and not value.startswith("tostring(null)") else None

    def destroy(self) -> None:
        self._run("destroy", *self._approval())

    def get_outputs(self) -> dict[str, Any]:
        """The outputs of modules/environment by name; empty before the first apply."""
        done = subprocess.run(
            ["terraform", "output", "-json"],
            cwd=self._folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            check=True,
        )
        outputs = json.loads(done.stdout)
        return outputs["environment"]["value"] if outputs else {}

    def _approval(self) -> tuple[str, ...]:
        return () if self._ask else ("-auto-approve", "-input=false")

    def _environment(self) -> dict[str, str]:
        return {**os.environ, "TF_VAR_region": self._account.region}

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(["terraform", *arguments], cwd=self._folder, env=self._environment())
        if done.returncode:
            raise DeployError(f"terraform {arguments[0]} failed. Its messages are above.")
