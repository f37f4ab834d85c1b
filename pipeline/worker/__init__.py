"""The worker: it takes tasks from the queue, recognises their pictures and stores the results."""

import time

STARTED_AT = time.monotonic()
"""Set before the heavy imports, so that the logged start-up time includes them."""
