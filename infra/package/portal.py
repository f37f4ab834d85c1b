"""The package of the portal, which Zappa uploads, and its static files.

Run as: python -m infra.package.portal --settings FILE --output FILE --static FOLDER
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.package.archive import Artefact, describe_file, write_zip
from infra.package.botocore_data import keep_services
from infra.package.errors import PackageError
from infra.package.stage import AWS, CORE, HERE, Target, compile_code, copy_code, install
from infra.repository import REPOSITORY

LIMIT_BYTES = 25_000_000

SERVICES = frozenset(
    {
        "apigatewaymanagementapi",
        "autoscaling",
        "cloudwatch",
        "cognito-idp",
        "dynamodb",
        "s3",
        "ssm",
        "sqs",
        "sts",
    }
)
"""The AWS services that the portal calls."""

ZAPPA_RUNTIME = ("asgi.py", "ext", "middleware.py", "utilities.py", "wsgi.py", "__init__.py")
"""The part of Zappa that runs on Lambda. The rest of it deploys."""

UNUSED = ("*/**/LC_MESSAGES", "django/contrib/gis", "*/**/static", "portal/**/management")
"""Translations, geographic fields, static files, which S3 serves, and our commands."""

REQUIRED = (
    "ANSWERS_TABLE",
    "AUDIT_TABLE",
    "AWS_REGION",
    "COGNITO_DOMAIN_URL",
    "CONNECTIONS_TABLE",
    "DEAD_LETTER_QUEUE_URL",
    "DELIVERIES_TABLE",
    "DJANGO_SECRET_KEY",
    "ENVIRONMENT_NAME",
    "EXPORTS_TABLE",
    "IMAGES_BUCKET",
    "LIVE_ENDPOINT",
    "OIDC_CLIENT_ID",
    "OPERATORS_TABLE",
    "PORTAL_URL",
    "RUNS_TABLE",
    "SESSIONS_TABLE",
    "STREAMS_TABLE",
    "TASKS_TABLE",
    "TASK_QUEUE_URL",
    "USER_POOL_ID",
    "WEBHOOKS_QUEUE_URL",
    "WEBHOOKS_TABLE",
    "WORKER_GROUP",
)
"""Variables that `portal.settings` requires. Collecting static files does not use their values."""


def build_portal(
    settings: dict[str, Any], path: Path, static: Path, target: Target = AWS
) -> Artefact:
    """Build the zip archive `path` and collect the static files in the folder `static`.

    Args:
        settings: Zappa's settings with one stage.

    Raises:
        PackageError: A package could not be fetched, or the archive is too large.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        install(REPOSITORY / "requirements/portal.txt", stage, target)
        keep_services(stage / "botocore/data", SERVICES)
        copy_code([*CORE, "portal"], REPOSITORY, stage)
        _copy_zappa(stage)
        for pattern in UNUSED:
            for folder in stage.glob(pattern):
                shutil.rmtree(folder, ignore_errors=True)
        (stage / "zappa_settings.py").write_text(_write_settings(settings))
        collect_static(static)
        copy_code(["staticfiles.json"], static, stage / "portal/manifest")
        compile_code(stage, target)
        write_zip(stage, path)
    if (size := path.stat().st_size) > LIMIT_BYTES:
        raise PackageError(
            f"The portal's package has {size:,} bytes and may have {LIMIT_BYTES:,}. Remove what it"
            " does not need: see UNUSED in infra/package/portal.py."
        )
    return describe_file(path)


def collect_static(folder: Path) -> None:
    """Collect all static files under names with their hashes, and the manifest of these names."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "django", "collectstatic", "--no-input", "--verbosity", "0"]
    # In a child process, because Django reads these variables when it imports its settings.
    done = subprocess.run(
        [*command, "--settings", "infra.package.static_settings"],
        cwd=REPOSITORY,
        env={**dict.fromkeys(REQUIRED, "unused"), "STATIC_ROOT": str(folder.resolve())},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise PackageError(f"The static files could not be collected:\n{done.stderr}")


def _copy_zappa(stage: Path) -> None:
    spec = importlib.util.find_spec("zappa")
    if spec is None or spec.origin is None:
        raise PackageError("Zappa is not installed here. Run make setup first.")
    zappa = Path(spec.origin).parent
    copy_code(["handler.py"], zappa, stage)
    copy_code(ZAPPA_RUNTIME, zappa, stage / "zappa")


def _write_settings(settings: dict[str, Any]) -> str:
    """The module that Zappa's handler reads, as Zappa itself would write it."""
    [(stage, values)] = settings.items()
    known: dict[str, Any] = {
        "API_STAGE": stage,
        "APP_FUNCTION": "application",
        "APP_MODULE": "portal.wsgi",
        "AWS_BOT_EVENT_MAPPING": {},
        "AWS_EVENT_MAPPING": {},
        "BASE_PATH": None,
        "BINARY_SUPPORT": True,
        "COGNITO_TRIGGER_MAPPING": {},
        "CONTEXT_HEADER_MAPPINGS": {},
        "DEBUG": False,
        "DJANGO_SETTINGS": values["django_settings"],
        "DOMAIN": None,
        "ENVIRONMENT_VARIABLES": values["environment_variables"],
        "EXCEPTION_HANDLER": None,
        "LOG_LEVEL": values.get("log_level", "INFO"),
        "PROJECT_NAME": values["project_name"],
    }
    return "".join(f"{name} = {value!r}\n" for name, value in known.items())


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.package.portal", description=__doc__)
    parser.add_argument("--settings", type=Path, required=True, help="zappa_settings.json")
    parser.add_argument("--output", type=Path, required=True, help="the zip archive to write")
    parser.add_argument("--static", type=Path, required=True, help="folder for the static files")
    parser.add_argument("--here", action="store_true", help="for this machine instead of Lambda")
    options = parser.parse_args()
    settings = json.loads(options.settings.read_text())
    target = HERE if options.here else AWS
    try:
        built = build_portal(settings, options.output, options.static, target)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{built.path}: {built.path.stat().st_size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
