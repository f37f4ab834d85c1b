"""The local AWS: one ministack process."""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from infra.local import names
from infra.local.clients import Clients
from infra.local.errors import LocalError
from infra.local.layout import Layout
from infra.local.ports import HOST
from infra.local.processes import SERVER, Roster
from infra.local.root_key import read_root_key
from infra.local.state import AccessKey

PROGRAM = Path(__file__).with_name("ministack_repaired.py")
START_SECONDS = 60
# Variables that a child process inherits. None of them can lead to the user's own AWS account.
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "VIRTUAL_ENV")


@dataclass(frozen=True, kw_only=True)
class Aws:
    """Where the local AWS is."""

    endpoint: str
    root_key: AccessKey

    def connect(self, region: str = names.REGION) -> Clients:
        """Clients of the account's root, for one thread."""
        return Clients(self.endpoint, self.root_key, region)


@dataclass(frozen=True, kw_only=True)
class Server(Aws):
    """A running local AWS and its process."""

    process: subprocess.Popen[bytes]
    log: Path

    def describe_end(self) -> str:
        """The last ten lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def build_environment(**values: str) -> dict[str, str]:
    """An environment for a child process that cannot reach a real AWS account."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    nowhere = {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return {**kept, **nowhere, **values}


def start_server(python: Path, port: int, layout: Layout, roster: Roster, plan: str = "") -> Server:
    """Start the local AWS with the data of `layout` and wait until it answers.

    Args:
        plan: JSON of `infra.local.regions.plan.Plan`. Empty for one region.
    """
    log = layout.logs / "aws.log"
    root_key = read_root_key(layout)
    with log.open("ab") as output:
        process = subprocess.Popen(
            [str(python), str(PROGRAM)],
            env=_build_server_environment(port, layout, root_key, plan),
            cwd=layout.run,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C must reach only the supervisor, which stops everything in order.
            start_new_session=True,
        )
    roster.add("aws", process.pid, SERVER)
    endpoint = f"http://{HOST}:{port}"
    server = Server(endpoint=endpoint, root_key=root_key, process=process, log=log)
    _wait_until_ready(server)
    return server


def _build_server_environment(
    port: int, layout: Layout, root_key: AccessKey, plan: str
) -> dict[str, str]:
    return build_environment(
        PLAN_OF_REGIONS=plan,
        AUTH="true",
        AWS_ACCESS_KEY_ID=root_key.access_key_id,
        AWS_SECRET_ACCESS_KEY=root_key.secret_access_key,
        GATEWAY_PORT=str(port),
        BIND_HOST=HOST,
        # Without these ministack opens ports to the whole network.
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        # Without this ministack looks for containers to remove.
        DOCKER_HOST=f"unix://{layout.run}/no-docker.sock",
        MINISTACK_REGION=names.REGION,
        PERSIST_STATE="1",
        S3_PERSIST="1",
        STATE_DIR=str(layout.data / "state"),
        S3_DATA_DIR=str(layout.data / "s3"),
        # ministack unpacks functions here. Two systems on one machine must not share it.
        TMPDIR=str(layout.run),
        # A test compares the granted permissions with the policies.
        NOTE_ALLOWED=os.environ.get("NOTE_ALLOWED", ""),
    )


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + START_SECONDS
    # One client, because a new one reads all certificate authorities of the machine.
    with httpx.Client(timeout=2) as http:
        while time.monotonic() < deadline:
            if server.process.poll() is not None:
                break
            try:
                if http.get(f"{server.endpoint}/_ministack/ready").is_success:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
    raise LocalError(
        f"The local AWS did not start. The end of {server.log}:\n{server.describe_end()}",
        "If the data is damaged, delete it with: make clean. Then start again.",
    )
