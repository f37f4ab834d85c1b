"""Deploy this checkout to AWS, or remove it: `python -m infra.deploy COMMAND ENVIRONMENT`.

deploy dev      build, apply and upload; print the addresses
plan dev        print what an apply would change
rollback dev    return functions and workers to the previous release
destroy dev     remove everything
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import boto3

from infra.deploy.account import RELEASED, Account
from infra.deploy.errors import DeployError
from infra.deploy.page import build_page, send_page
from infra.deploy.portal import deploy_portal, undeploy_portal
from infra.deploy.stack import ENVIRONMENTS, Stack
from infra.package.errors import PackageError
from infra.package.functions import build_functions
from infra.package.worker import build_worker, find_weights
from infra.repository import REPOSITORY

BUILD = REPOSITORY / "build/deploy"
WEIGHTS = Path(os.environ.get("WEIGHTS_DIR", REPOSITORY / ".cache/weights"))


def main() -> int:
    options = _parse()
    try:
        account = Account(options.environment, _find_region())
        stack = Stack(options.environment, account, ask=not options.yes)
        _say(f"Account {account.id}, region {account.region}, environment {options.environment}")
        stack.init(make=options.command == "deploy")
        COMMANDS[options.command](account, stack)
    except (DeployError, PackageError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def deploy(account: Account, stack: Stack) -> None:
    """Deploy this checkout in an order that keeps the service running.

    Files are uploaded before they are used, and functions and workers before the page that needs
    them. Each release can read what the previous one wrote.
    """
    outputs = stack.get_outputs()
    if "artefacts_bucket" not in outputs:
        _say("First deploy: creating everything without code (10 to 20 minutes)")
        stack.apply()
        outputs = stack.get_outputs()
    BUILD.mkdir(parents=True, exist_ok=True)
    buckets = _find_buckets(account, stack, outputs)
    account.share_release(outputs["artefacts_bucket"], buckets)
    _say("Uploading the weights")
    for name, sha256 in find_weights(WEIGHTS).items():
        for bucket in buckets:
            account.upload(bucket, f"weights/{sha256}/{name}", WEIGHTS / name)
    _say("Building functions and workers")
    account.release(buckets, "lambdas", build_functions(BUILD))
    account.release(buckets, "worker", build_worker(BUILD, WEIGHTS))
    _say("Applying; workers are replaced one by one, and an alarm rolls them back")
    stack.apply()
    _say("Uploading the page")
    send_page(build_page(), stack.get_outputs()["page"], account.region)
    _say("Uploading the portal")
    if deploy_portal(account, stack.get_outputs()):
        stack.apply()  # CloudFront needs the address of its new API
    _print_urls(stack)


def _find_buckets(account: Account, stack: Stack, outputs: dict[str, Any]) -> list[str]:
    """The buckets of releases, one for each region. Functions read their code from their own."""
    # A release from before the second region has only one.
    buckets: dict[str, str] = outputs.get(
        "artefacts_buckets", {account.region: outputs["artefacts_bucket"]}
    )
    second = stack.find_second_region()
    if second and second not in buckets:
        _say(f"First deploy to {second}: creating its bucket of releases")
        stack.apply("-target=module.second_region[0].module.stack.module.storage.module.artefacts")
        buckets = {**buckets, second: f"{account.name}-{second}-artefacts-{account.id}"}
    return list(buckets.values())


def plan(account: Account, stack: Stack) -> None:
    stack.plan()


def rollback(account: Account, stack: Stack) -> None:
    for kind in RELEASED:
        _say(f"{kind}: back to {account.roll_back(kind)[:12]}")
    stack.apply()


def destroy(account: Account, stack: Stack) -> None:
    """Remove everything except the bucket of the state."""
    outputs = stack.get_outputs()
    if outputs.get("protected"):
        raise DeployError(
            "This environment is protected. Set protected = false in its main.tf, run"
            " terraform apply there, and try again."
        )
    if input(f"This deletes {account.name} with all pictures. Type its name: ") != account.name:
        raise DeployError("Nothing was deleted.")
    undeploy_portal(account, outputs)
    stack.destroy()
    account.forget_release()
    _say(f"Removed. {account.state_bucket} still contains the empty state. You can delete it.")


COMMANDS = {"deploy": deploy, "plan": plan, "rollback": rollback, "destroy": destroy}


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.deploy",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", choices=COMMANDS)
    parser.add_argument("environment", choices=ENVIRONMENTS)
    parser.add_argument("--yes", action="store_true", help="do not ask before an apply")
    return parser.parse_args()


def _find_region() -> str:
    region = os.environ.get("AWS_REGION") or boto3.Session().region_name
    if region is None:
        raise DeployError("No region is set. Run aws configure, or set AWS_REGION.")
    return region


def _print_urls(stack: Stack) -> None:
    for name, value in stack.get_outputs().items():
        if name.endswith("_url") and value:
            sys.stdout.write(f"{name.removesuffix('_url'):>12}  {value}\n")


def _say(message: str) -> None:
    sys.stderr.write(f"==> {message}\n")


if __name__ == "__main__":
    sys.exit(main())
