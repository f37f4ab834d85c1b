"""Which region a request goes to.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

APIS = "/_aws/execute-api/"
"""The path of every API of the local AWS; the API's id follows."""

SIGNED = re.compile(r"Credential=[^/]+/\d{8}/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True)
class Regions:
    """The two regions. Names of the second one's buckets and APIs end in its name."""

    first: str
    second: str

    @property
    def all(self) -> tuple[str, str]:
        return self.first, self.second

    def find_owner(self, name: str) -> str:
        """The region of a bucket or an API."""
        return self.second if name.endswith(self.second) else self.first

    def find(self, scope: Mapping[str, Any]) -> str | None:
        """The region that answers a request; None for what belongs to no region.

        Accounts of users are in the first region, so unsigned requests of Cognito go there.
        """
        path = str(scope["path"])
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        host = headers.get("host", "")
        if path.startswith(APIS):
            return self.find_owner(path.removeprefix(APIS).partition("/")[0])
        if ".execute-api." in host:
            return self.find_owner(host.partition(".")[0])
        if ".cloudfront." in host or path.startswith("/_"):
            return None
        region, service = find_signature(headers, scope.get("query_string", b""))
        name = path.strip("/").partition("/")[0]
        if name and (service == "s3" or not region):
            return self.find_owner(name)
        return region or self.first


def find_signature(headers: Mapping[str, str], query: bytes) -> tuple[str, str]:
    """Region and service that a request is signed for; empty without a signature."""
    found = SIGNED.search(headers.get("authorization", ""))
    if not found:
        credential = parse_qs(query.decode("latin-1")).get("X-Amz-Credential", [""])[0]
        found = SIGNED.search(f"Credential={credential}")
    return (found[1], found[2]) if found else ("", "")
