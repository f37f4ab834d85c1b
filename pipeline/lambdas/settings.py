"""What only the API functions read from the environment."""

from pydantic import BaseModel

from pipeline.core.settings import read_environment


class Settings(BaseModel, frozen=True, hide_input_in_errors=True):
    """Required variables have no default: a function without them stops at once, by name."""

    spa_origin: str
    """Scheme, host and port of the web page: the only page that may call this API."""


settings = Settings.model_validate(read_environment())
