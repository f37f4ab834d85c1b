"""Every route of the API and its function, from the documents that the gateway is built from."""

import importlib
import re
from dataclasses import dataclass

from pipeline.lambdas.telemetry import Handler
from tests.lambdas.contract import GATEWAY, INTEGRATION, find_operations

ID = "8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"
"""Nothing has this id."""


@dataclass(frozen=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    """With the names of its parameters."""
    needs_token: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def handler(self) -> Handler:
        """The function that the gateway calls."""
        uri = GATEWAY["paths"][self.path][self.method.lower()][INTEGRATION]["uri"]
        function = uri.removeprefix("${").removesuffix("_invoke_arn}")
        handler: Handler = importlib.import_module(f"pipeline.lambdas.{function}").handler
        return handler

    @property
    def query(self) -> dict[str, str]:
        """What it refuses a request without."""
        return {"frame": "1"} if self.path.endswith("/frames") else {}

    def fill_in(self, thing_id: str = ID) -> str:
        """The path with an id in place of each parameter."""
        return re.sub(r"{\w+}", thing_id, self.path)


ALL = [
    Route(method.upper(), path, operation.get("security") != [])
    for path, method, operation in find_operations()
]
FOR_USERS = [route for route in ALL if route.needs_token]
