"""Evacuate a lost region, take over its tasks, and let it back: `python -m pipeline.core.takeover`.

It runs with the environment of a region that lives: AWS_REGION, REGIONS, TASKS_TABLE,
TASK_QUEUE_URL, IMAGES_BUCKET and, to evacuate or readmit, PAGE_BUCKET. docs/runbooks/region-lost.md
says when to do what.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from pipeline.core.dynamo import connect
from pipeline.core.queue import TaskQueue
from pipeline.core.regions import Regions, load_regions
from pipeline.core.settings import load_settings
from pipeline.core.storage import ImageStore
from pipeline.core.takeover import tasks
from pipeline.core.takeover.switch import Switch
from pipeline.core.tasks.record import Task

SHOWN_IDS = 20


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m pipeline.core.takeover",
        description="Evacuate a lost region, take over its tasks, and let it back.",
    )
    parser.add_argument("what", choices=sorted(_COMMANDS))
    parser.add_argument("region", help="name of the region that is lost or back")
    options = parser.parse_args(arguments)
    regions = load_regions()
    if options.region not in regions.names or options.region == regions.here:
        others = [name for name in regions.names if name != regions.here]
        parser.error(
            f"{options.region} is no other region of this system. Run it in a region that lives,"
            f" and name one of: {', '.join(others) or 'none; REGIONS is not set'}"
        )
    return _COMMANDS[options.what](options.region, regions)


def _evacuate(region: str, regions: Regions) -> int:
    _open_switch().evacuate(region)
    return _say(f"Callers leave {region}: Route 53 sees it within 30 s, and DNS within 60 s more.")


def _adopt(region: str, regions: Regions) -> int:
    settings = load_settings()
    connect(settings.aws_region, {Task: settings.tasks_table})
    store, queue = ImageStore(settings.images_bucket), TaskQueue(settings.task_queue_url)
    adopted = tasks.adopt(region, regions, store, queue)
    _say(f"{adopted.queued} tasks of {region} are queued here, and {adopted.forms} await a photo.")
    missing = adopted.without_picture
    if missing:
        shown = ", ".join(missing[:SHOWN_IDS])
        _say(
            f"{len(missing)} tasks stay with {region}: their photos have not arrived here. Run this"
            f" again later. Their ids: {shown}{' and more' if len(missing) > SHOWN_IDS else ''}"
        )
    return 0


def _give_back(region: str, regions: Regions) -> int:
    settings = load_settings()
    connect(settings.aws_region, {Task: settings.tasks_table})
    count = tasks.give_back(region, regions)
    return _say(f"{count} tasks belong to {region} again. All others are finished here.")


def _readmit(region: str, regions: Regions) -> int:
    _open_switch().readmit(region)
    return _say(f"Callers come to {region} again, as soon as its health checks pass.")


def _open_switch() -> Switch:
    return Switch(os.environ["PAGE_BUCKET"])


def _say(text: str) -> int:
    sys.stdout.write(f"{text}\n")
    return 0


_COMMANDS: dict[str, Callable[[str, Regions], int]] = {
    "evacuate": _evacuate,
    "adopt": _adopt,
    "give-back": _give_back,
    "readmit": _readmit,
}

if __name__ == "__main__":
    sys.exit(main())
