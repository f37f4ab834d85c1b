"""A second region in the local AWS: `make run REGIONS=2`. Without it nothing else here is loaded.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import os
from typing import Any


def add_regions(application: Any, secret: str, streams: Any) -> Any:
    """Wrap the application of the local AWS if there are two regions.

    Args:
        secret: Who knows it may cut regions off.
        streams: The module of the repairs of streams.
    """
    plan = os.environ.get("PLAN_OF_REGIONS")
    if not plan:
        return application
    from .repair import add_second_region

    return add_second_region(application, plan, secret, streams)
