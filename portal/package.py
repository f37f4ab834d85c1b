"""Build what Zappa uploads: the portal's code and packages for Lambda, and its static files.

Run as: python -m portal.package --settings zappa_settings.json --output portal.zip --static DIR
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[1]
LOCK = REPOSITORY / "requirements" / "portal.txt"
UV = Path(sys.executable).with_name("uv")
LIMIT_BYTES = 25_000_000

# Lambda's python3.13 on Graviton, Amazon Linux 2023
PYTHON = "3.13"
PLATFORM = "aarch64-manylinux_2_34"

CODE = ("pipeline/__init__.py", "pipeline/core", "portal")
LEFT_OUT = ("__pycache__", "*.pyc", "package.py", "static", "management")

AWS_SERVICES = (
    "autoscaling",
    "cloudwatch",
    "cognito-idp",
    "dynamodb",
    "s3",
    "secretsmanager",
    "sqs",
    "sts",
)
"""The service models to keep of the 400 that botocore carries, half of the package."""

ZAPPA_RUNTIME = ("asgi.py", "ext", "middleware.py", "utilities.py", "wsgi.py", "__init__.py")
HANDLER = "handler.py"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # The first that a zip can hold

PLACEHOLDERS = (
    "AUDIT_TABLE",
    "AWS_REGION",
    "COGNITO_DOMAIN_URL",
    "DEAD_LETTER_QUEUE_URL",
    "DJANGO_SECRET_KEY",
    "ENVIRONMENT_NAME",
    "IMAGES_BUCKET",
    "OIDC_CLIENT_ID",
    "OPERATORS_TABLE",
    "PORTAL_URL",
    "RUNS_TABLE",
    "SESSIONS_TABLE",
    "TASKS_TABLE",
    "TASK_QUEUE_URL",
    "USER_POOL_ID",
    "WORKER_GROUP",
)
"""What Django's settings want to know, and collecting static files does not need."""


class PackageError(Exception):
    """The package cannot be built; the text says why and what to do."""


def build_package(
    settings: dict[str, Any], output: Path, static: Path, *, for_lambda: bool = True
) -> int:
    """Build the archive and collect the static files.

    Args:
        settings: Zappa's settings with one stage.
        for_lambda: For Lambda's Python and processor; else for those of this machine.

    Returns:
        The size of the archive in bytes.

    Raises:
        PackageError: The packages cannot be had, or the archive is too large.
    """
    with tempfile.TemporaryDirectory() as folder:
        # A copy: compiling in place would leave bytecode that never expires in the working tree.
        stage = Path(folder)
        _install(stage, for_lambda=for_lambda)
        _prune(stage)
        _copy_code(stage)
        _copy_zappa(stage)
        (stage / "zappa_settings.py").write_text(_write_settings(settings))
        collect_static(static)
        manifest = stage / "portal" / "manifest"
        manifest.mkdir()
        shutil.copy(static / "staticfiles.json", manifest)
        _compile(stage, for_lambda=for_lambda)
        size = _archive(stage, output)
    if size > LIMIT_BYTES:
        raise PackageError(f"The package has {size:,} bytes, {LIMIT_BYTES:,} are the limit.")
    return size


def collect_static(folder: Path) -> None:
    """Collect all static files under hashed names, with their manifest."""
    for name in PLACEHOLDERS:
        os.environ.setdefault(name, "unused")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django
    from django.core.management import call_command
    from django.test import override_settings

    django.setup()
    shutil.rmtree(folder, ignore_errors=True)
    backend = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    with override_settings(STATIC_ROOT=folder, STORAGES={"staticfiles": {"BACKEND": backend}}):
        call_command("collectstatic", interactive=False, verbosity=0)


def _install(target: Path, *, for_lambda: bool) -> None:
    command = [str(UV), "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    if for_lambda:
        platform = ["--python-platform", PLATFORM, "--python-version", PYTHON]
        command += [*platform, "--only-binary", ":all:"]
    done = subprocess.run([*command, "--target", str(target), "--requirement", str(LOCK)])
    if done.returncode:
        raise PackageError("The packages could not be installed; see above.")


def _prune(stage: Path) -> None:
    """Drop what never runs: scripts, translations, other services, files that S3 serves."""
    shutil.rmtree(stage / "bin", ignore_errors=True)
    for path in (stage / "botocore" / "data").iterdir():
        if path.is_dir() and path.name not in AWS_SERVICES:
            shutil.rmtree(path)
    for pattern in ("*/**/LC_MESSAGES", "django/contrib/gis", "*/**/static"):
        for path in stage.glob(pattern):
            shutil.rmtree(path, ignore_errors=True)


def _copy_code(stage: Path) -> None:
    for name in CODE:
        source, target = REPOSITORY / name, stage / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(source, target)


def _copy_zappa(stage: Path) -> None:
    """What Zappa puts into a package; the rest of it only deploys."""
    spec = importlib.util.find_spec("zappa")
    if spec is None or spec.origin is None:
        raise PackageError("Zappa is not installed here. Run make setup first.")
    zappa = Path(spec.origin).parent
    shutil.copy(zappa / HANDLER, stage / HANDLER)
    for name in ZAPPA_RUNTIME:
        source, target = zappa / name, stage / "zappa" / name
        target.parent.mkdir(exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns(*LEFT_OUT))
        else:
            shutil.copy(source, target)


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


def _compile(stage: Path, *, for_lambda: bool) -> None:
    """Add bytecode that is never checked against the source: imports take half the time.

    It fits one version of Python only. With another one here the package still works.
    """
    python = _find_python() if for_lambda else sys.executable
    if python is None:
        sys.stderr.write(f"No python{PYTHON} here: no bytecode, cold starts take longer.\n")
        return
    mode = ["--invalidation-mode", "unchecked-hash", "-qq", "-s", str(stage)]
    # Packages carry templates that are no Python: what cannot be compiled stays as it is.
    subprocess.run([python, "-m", "compileall", *mode, str(stage)])


def _find_python() -> str | None:
    known = shutil.which(f"python{PYTHON}")
    # Version managers keep one version beside the other.
    beside = Path(sys.base_prefix).parent.glob(f"*{PYTHON}*/bin/python{PYTHON}")
    for python in [*([known] if known else []), *map(str, beside)]:
        # The name may be a version manager's, which has no such version.
        if subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            return python
    return None


def _archive(stage: Path, output: Path) -> int:
    output.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in stage.rglob("*") if path.is_file()):
            info = zipfile.ZipInfo(path.relative_to(stage).as_posix(), FIXED_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())
    return output.stat().st_size


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m portal.package", description=__doc__)
    parser.add_argument("--settings", type=Path, required=True, help="zappa_settings.json")
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--static", type=Path, required=True)
    parser.add_argument("--here", action="store_true", help="for this machine, not for Lambda")
    options = parser.parse_args()
    settings = json.loads(options.settings.read_text())
    try:
        size = build_package(settings, options.output, options.static, for_lambda=not options.here)
    except PackageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{options.output}: {size / 1e6:.1f} MB zipped\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
