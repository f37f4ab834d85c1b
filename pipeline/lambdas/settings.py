"""The settings of the API functions."""

from pipeline.core.settings import Settings, read_environment


class ApiSettings(Settings, frozen=True):
    """A function that lacks one of the variables stops at once and names it."""

    spa_origin: str
    """Scheme, host and port of the web page, the only page that may call this API."""

    start_seconds: int = 0
    """Seconds from the first waiting picture to a running worker. 0 if the fleet never sleeps."""
    accept_heic: bool = True
    """Whether HEIC pictures are taken. HEVC, their codec, is patented: docs/formats.md."""
    rekognition_usd_a_day: float = 0
    """The most that Amazon Rekognition may cost in a day. 0 does not offer it."""

    # Limits of each user. The page waits and repeats: it sends a hundred photos in 15 s.
    max_unfinished_tasks: int = 100
    """Unfinished tasks. It bounds what a burst of one user puts into the queue before others."""
    uploads_per_second: float = 5
    """Average. The smallest fleet recognises more, so one user alone cannot fill it."""
    upload_burst: int = 30
    """Uploads that may come at once after a pause."""
    requests_per_second: float = 30
    """Requests of any route, on average. The page asks for the results of a hundred photos."""
    request_burst: int = 300
    """Requests that may come at once after a pause."""

    # Limits of what one account can cost. Half may come at once: 10,000 photos of a phone.
    bytes_per_day: int = 40_000_000_000
    """Bytes that may be sent in any 24 hours."""
    stored_bytes: int = 120_000_000_000
    """Bytes that may be sent in the time for which pictures are kept."""
    reposts_per_day: int = 100
    """Posts of forms whose task has its picture, in any 24 hours. More lock the account out."""
    megapixels_per_day: int = 240_000
    """Megapixels, times the decoder's passes over them, in any 24 hours."""


def load_settings() -> ApiSettings:
    """Read the settings of this function.

    Raises:
        ValidationError: A variable is missing. The error names it.
    """
    return ApiSettings.model_validate(read_environment())
