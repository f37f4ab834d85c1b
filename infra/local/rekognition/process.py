"""The process of the stand-in, and what the workers must know to ask it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from infra.local import names
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import HOST, find_free_port
from infra.local.processes import Kind, Roster
from infra.local.rekognition.budget import VARIABLE, is_offered, read_budget
from infra.local.server import build_environment
from infra.local.state import AccessKey

STAND_IN = Kind(stop_seconds=5, rank=1)


@contextmanager
def running_stand_in(
    endpoint: str, key: AccessKey, layout: Layout, roster: Roster
) -> Iterator[dict[str, str]]:
    """Start the stand-in if Rekognition is offered, and yield the workers' variables for it.

    It reads pictures with the key of the workers, as Rekognition does with the right of its caller.
    Nobody waits until it has started: until then workers keep their own answers.
    """
    if not is_offered():
        yield {}
        return
    port = find_free_port()
    with (layout.logs / "rekognition.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.rekognition", str(port)],
            env=build_environment(
                AWS_ENDPOINT_URL=endpoint,
                AWS_REGION=names.REGION,
                AWS_DEFAULT_REGION=names.REGION,
                AWS_ACCESS_KEY_ID=key.access_key_id,
                AWS_SECRET_ACCESS_KEY=key.secret_access_key,
            ),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    roster.add("rekognition", process.pid, STAND_IN)
    try:
        yield {VARIABLE: read_budget(), "AWS_ENDPOINT_URL_REKOGNITION": f"http://{HOST}:{port}"}
    finally:
        process.terminate()
        process.wait(STAND_IN.stop_seconds)
        roster.remove(process.pid)
