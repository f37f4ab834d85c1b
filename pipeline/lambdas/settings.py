"""What only the API functions read from the environment."""

from pydantic import BaseModel

from pipeline.core.settings import read_environment


class Settings(BaseModel, frozen=True, hide_input_in_errors=True):
    """Required variables have no default: a function without them stops at once, by name."""

    spa_origin: str
    """Scheme, host and port of the web page: the only page that may call this API."""

    # Of each user. The page follows them without a word: a hundred photos take 15 s to be sent.
    max_in_flight: int = 100
    """Unfinished tasks: what a burst can put into the queue before others."""
    uploads_per_second: float = 5
    """In the long run: less than the smallest fleet recognises, so nobody fills it alone."""
    upload_burst: int = 30
    """Uploads that may come at once after a pause."""


settings = Settings.model_validate(read_environment())
