"""Headers that the answers of all routes have, said once in the document."""

from typing import Any

_TEXT = {"type": "string"}

_LIMITED = "Left out where the gateway answers before a function."

HEADERS: dict[str, dict[str, Any]] = {
    "RateLimit": {
        "description": "What is left of the limit: `r` requests now, all again in `t` seconds."
        f" {_LIMITED}",
        "schema": _TEXT,
        "example": '"requests";r=298;t=1',
    },
    "RateLimit-Policy": {
        "description": f"The limit: `q` requests at once, or in `w` seconds. {_LIMITED}",
        "schema": _TEXT,
        "example": '"requests";q=300;w=10',
    },
    "Access-Control-Allow-Origin": {
        "description": "The origin of the web page. No other page may read the answer.",
        "schema": _TEXT,
    },
}


def add_headers(responses: dict[str, dict[str, Any]]) -> None:
    """Let each answer of an operation refer to its headers."""
    for status, response in responses.items():
        names = HEADERS if status[0] in "24" else ["Access-Control-Allow-Origin"]
        own = response.setdefault("headers", {})
        own.update({name: {"$ref": f"#/components/headers/{name}"} for name in names})
