"""The behaviour of one user, for Locust. Only this process runs on gevent."""

import itertools
import os
import random
import time
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]
from gevent.lock import BoundedSemaphore  # type: ignore[import-untyped]
from locust import HttpUser, constant_pacing, task
from locust.exception import StopUser

from infra.local.demo.client import sign_in
from tools.load.plan import VARIABLE, Plan
from tools.load.samples import Sample

PLAN = Plan.model_validate_json(Path(os.environ[VARIABLE]).read_text())
CONTENT_TYPE = "image/jpeg"
FORM_SHARE = 0.7  # The page uploads by form; many programs upload directly
DIRECT_MAX_BYTES = 4 * 1024 * 1024
RESULT_SECONDS = 300
# As spa/src/lib/tasks.ts
FIRST_POLL_SECONDS = 0.4
SLOWEST_POLL_SECONDS = 5.0
POLL_GROWTH = 1.35

people = itertools.cycle(PLAN.people)
photos = {photo.stem: photo.read_bytes() for photo in PLAN.photos}
samples = PLAN.samples.open("a", buffering=1)
finished: set[int] = set()
requests_at_once = BoundedSemaphore(PLAN.requests_at_once)


class RefusedError(Exception):
    """An unexpected answer."""


class Uploader(HttpUser):
    """Signs in, uploads, polls as the page does, waits, and repeats."""

    host = PLAN.state.api_url
    wait_time = constant_pacing(PLAN.pace_seconds)

    def on_start(self) -> None:
        self.token = sign_in(PLAN.state, next(people))
        # So that users do not start at the same moment
        if PLAN.uploads_per_user is None:
            gevent.sleep(random.uniform(0, PLAN.pace_seconds))

    @task
    def use(self) -> None:
        if PLAN.uploads_per_user is None:
            self._upload_one()
            return
        uploads = [gevent.spawn(self._upload_one) for _ in range(PLAN.uploads_per_user)]
        gevent.joinall(uploads)
        finished.add(id(self))
        if len(finished) == len(PLAN.people):
            # In a separate greenlet, because it waits until the users end.
            gevent.spawn(self.environment.runner.quit)
        raise StopUser

    def _upload_one(self) -> None:
        name, data = random.choice(list(photos.items()))
        is_direct = len(data) <= DIRECT_MAX_BYTES and random.random() > FORM_SHARE
        way = "direct" if is_direct else "form"
        at = None
        try:
            task_id = self._upload(data, is_direct)
            at = time.time()
            seconds = self._wait(task_id, at)
            sample = Sample(at=at, way=way, photo=name, seconds=seconds)
        except Exception as error:
            sample = Sample(at=at or time.time(), way=way, photo=name, error=str(error)[:300])
        samples.write(sample.model_dump_json() + "\n")

    def _upload(self, data: bytes, is_direct: bool) -> str:
        if is_direct:
            headers = {"Content-Type": CONTENT_TYPE}
            return str(self._ask("POST", "/upload", data=data, headers=headers)["taskId"])
        body = {"contentType": CONTENT_TYPE, "sizeBytes": len(data)}
        ticket = self._ask("POST", "/upload", json=body)
        form = ticket["upload"]
        response = self.client.post(
            form["url"],
            data=form["fields"],
            files={"file": ("photo", data, CONTENT_TYPE)},
            name="storage",
        )
        if not response.ok:
            raise RefusedError(f"storage {response.status_code} {response.text}")
        return str(ticket["taskId"])

    def _wait(self, task_id: str, since: float) -> float:
        pause = FIRST_POLL_SECONDS
        while time.time() - since < RESULT_SECONDS:
            gevent.sleep(pause)
            pause = min(pause * POLL_GROWTH, SLOWEST_POLL_SECONDS)
            found = self._ask("GET", f"/results/{task_id}", name="/results/{taskId}")
            if found["status"] == "succeeded":
                return time.time() - since
            if found["status"] in ("failed", "expired"):
                raise RefusedError(f"{found['status']} {found.get('error')}")
        raise RefusedError(f"No result after {RESULT_SECONDS} s: {found['status']}")

    def _ask(self, method: str, path: str, name: str | None = None, **parts: Any) -> Any:
        headers = {"Authorization": self.token, **parts.pop("headers", {})}
        while True:
            url = f"{self.host}{path}"
            with requests_at_once:
                response = self.client.request(method, url, name=name, headers=headers, **parts)
            if response.status_code != 429:
                break
            gevent.sleep(float(response.headers["Retry-After"]))
        if not response.ok:
            raise RefusedError(f"{method} {name or path} {response.status_code} {response.text}")
        return response.json()
