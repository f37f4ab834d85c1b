"""Makes two regions of the one that ministack serves.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import json
import logging
import threading
from functools import partial
from typing import Any

# Installed in an environment of its own
from ministack.services import dynamodb  # type: ignore[import-not-found]

from . import replicas
from .addresses import Regions
from .front import Application, Front
from .link import Link
from .switches import Switches

logger = logging.getLogger(__name__)


def add_second_region(application: Application, plan: str, secret: str, streams: Any) -> Switches:
    """Wrap the application, and replace ministack's own functions.

    Args:
        application: Serves all of AWS.
        plan: JSON of `infra.local.regions.plan.Plan`.
        secret: Who knows it may cut regions off.
        streams: The module of the repairs of streams.
    """
    given = json.loads(plan)
    regions, link = Regions(*given["regions"]), Link(given["lag_seconds"])

    def is_evacuated(region: str) -> bool:
        buckets = [it for it in given["page_buckets"] if regions.find_owner(it) not in link.away]
        return replicas.has_file(buckets, f"evacuate/{region}.json", given["account"])

    front = Front(application, regions, link, given["api_ids"], given["stage"], is_evacuated)
    dynamodb._replicate_write = replicas.Tables(link).replicate
    replicas.delay_copies(link)
    replicas.serve_page_of_either(link, regions)
    replicas.pause_readers(link, streams)
    report = partial(logger.error, "A copy did not arrive: %r")
    threading.Thread(
        target=link.deliver_for_ever, args=(report,), daemon=True, name="regions"
    ).start()
    return Switches(front, front, secret, partial(replicas.close_sockets, regions))
