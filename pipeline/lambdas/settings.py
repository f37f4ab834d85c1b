"""What only the API functions read from the environment."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings, frozen=True):
    """Required variables have no default: a function without them stops at once, by name."""

    spa_origin: str
    """Scheme, host and port of the web page: the only page that may call this API."""


settings = Settings()
