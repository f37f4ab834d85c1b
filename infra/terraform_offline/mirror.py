"""Builds the folder from which Terraform takes the schema for the provider."""

import fcntl
import hashlib
import json
import os
import shlex
import shutil
import subprocess
import tempfile
from pathlib import Path

from infra.installer import InstallError, download
from infra.local.errors import LocalError
from infra.local.layout import CACHE, REPOSITORY
from infra.local.venv import install_environment
from infra.terraform_offline.messages import build_response
from infra.terraform_offline.schema import read_wheel

RUNTIME_LOCK = REPOSITORY / "requirements/terraform_offline.txt"
SCHEMAS_LOCK = REPOSITORY / "requirements/terraform_schemas.txt"
SOURCES = Path(__file__).parent

CLI_CONFIG = """\
# Providers come from this folder and from nowhere else. Written by infra/terraform_offline.
disable_checkpoint = true

provider_installation {{
  filesystem_mirror {{
    path = {mirror}
  }}
}}
"""

LAUNCHER = """\
#!/bin/sh
# Serves the schema of the provider. It is not the real provider: see infra/terraform_offline.
PYTHONPATH={repository} exec {python} -P -m infra.terraform_offline.serve {schema} {cert} {key}
"""


def prepare(cache: Path = CACHE) -> Path:
    """Build the mirror in a folder of `cache` unless it is there already.

    Returns:
        The file for TF_CLI_CONFIG_FILE.

    Raises:
        LocalError: A package could not be installed.
    """
    python = install_environment("terraform-offline", RUNTIME_LOCK)
    folder = cache / f"terraform-schemas-{_describe_contents(python)}"
    folder.mkdir(parents=True, exist_ok=True)
    config, complete = folder / "terraform.rc", folder / ".complete"
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # Tests run in several processes, which share the folder
        if not complete.exists():
            _build(folder, python)
            mirror = json.dumps(str(folder / "mirror"), ensure_ascii=False)
            config.write_text(CLI_CONFIG.format(mirror=mirror))
            complete.touch()
    return config


def _describe_contents(python: Path) -> str:
    """Changes with everything that the contents depend on."""
    parts = [str(python), str(REPOSITORY), SCHEMAS_LOCK.read_text()]
    parts += [path.read_text() for path in sorted(SOURCES.glob("*.py"))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:12]


def _build(folder: Path, python: Path) -> None:
    shutil.rmtree(folder / "mirror", ignore_errors=True)
    _make_certificate(folder, python)
    with tempfile.TemporaryDirectory() as downloads:
        for wheel in _download(Path(downloads)):
            _add_provider(folder, python, wheel)


def _make_certificate(folder: Path, python: Path) -> None:
    """Terraform speaks TLS to its providers, over a Unix socket: any certificate will do."""
    files = [str(folder / "cert.pem"), str(folder / "key.pem")]
    subprocess.run([str(python), str(SOURCES / "certificate.py"), *files], check=True)


def _download(folder: Path) -> list[Path]:
    """The packages of the lock."""
    try:
        return download(SCHEMAS_LOCK, folder)
    except InstallError as error:
        raise LocalError(
            f"The schema of the Terraform provider could not be fetched.\n{error}",
            "Check the network and the disk, then run the same command again.",
        ) from error


def _add_provider(folder: Path, python: Path, wheel: Path) -> None:
    name = wheel.name.split("-")[0].removeprefix("cdktn_provider_")
    version, schema = read_wheel(wheel)
    file = folder / f"{name}.schema"
    file.write_bytes(build_response(schema))
    platform = _find_platform()
    target = folder / "mirror/registry.terraform.io/hashicorp" / name / version / platform
    target.mkdir(parents=True)
    launcher = target / f"terraform-provider-{name}_v{version}_x5"
    values = {
        "repository": REPOSITORY,
        "python": python,
        "schema": file,
        "cert": folder / "cert.pem",
        "key": folder / "key.pem",
    }
    quoted = {key: shlex.quote(str(value)) for key, value in values.items()}
    launcher.write_text(LAUNCHER.format(**quoted))
    launcher.chmod(0o755)


def _find_platform() -> str:
    environment = {k: v for k, v in os.environ.items() if k != "TF_CLI_CONFIG_FILE"}
    done = subprocess.run(
        ["terraform", "version", "-json"], env=environment, check=True, stdout=subprocess.PIPE
    )
    platform: str = json.loads(done.stdout)["platform"]
    return platform
