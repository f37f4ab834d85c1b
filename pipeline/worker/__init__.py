"""The deployable that recognises pictures: from the queue through the networks into the record."""

import time

STARTED_AT = time.monotonic()
"""Taken before the heavy imports, so that the start-up time that is logged includes them."""
