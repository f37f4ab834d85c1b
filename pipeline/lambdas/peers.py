"""Whether the other regions answer, as seen from this one.

Route 53 asks them too, but reports to us-east-1 only, which may be the lost region.
"""

from http import HTTPStatus

from urllib3 import PoolManager, Timeout
from urllib3.exceptions import HTTPError

from pipeline.lambdas.telemetry import count, logger

_http = PoolManager(timeout=Timeout(connect=2, read=2), retries=False)


def note_silent_peers(urls: str) -> None:
    """Count the regions that do not answer with 200. Nothing is taken over: an operator decides.

    Args:
        urls: `GET /health` of each other region, with commas between them.
    """
    for url in filter(None, urls.split(",")):
        if not _does_answer(url):
            logger.warning("Another region does not answer", url=url)
            count("PeerDown")


def _does_answer(url: str) -> bool:
    try:
        return bool(_http.request("GET", url).status == HTTPStatus.OK)
    except HTTPError:
        return False
