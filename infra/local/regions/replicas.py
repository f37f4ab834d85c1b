"""What ministack 1.5.33 lacks of two regions: late copies, and a page of either region.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import copy
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

# Installed in an environment of its own
from ministack.core.responses import (  # type: ignore[import-not-found]
    get_account_id,
    get_region,
    request_scope,
)
from ministack.services import (  # type: ignore[import-not-found]
    apigateway,
    cloudfront,
    dynamodb,
    lambda_svc,
    s3,
)

from .addresses import Regions
from .link import Link

NO_SORT_KEY = "__no_sort__"
Key = tuple[str, str, str, str]
"""Region, table, hash key and range key."""


@dataclass
class Tables:
    """Global tables that are eventually consistent. ministack writes to all regions at once."""

    link: Link
    _written: dict[Key, float] = field(default_factory=dict)
    """When the present version of an item was written, in whatever region."""

    def replicate(self, table: Any, kind: str, old: Any, new: Any) -> None:
        """Note a write, and send it to the other regions. ministack holds its lock meanwhile."""
        account, home, name = get_account_id(), get_region(), table["TableName"]
        keys = _find_keys(table, new if new is not None else old)
        now = time.time()
        self._written[home, name, *keys] = now
        for region in dynamodb._replica_group(table):
            if region != home:
                self._send(account, region, name, keys, copy.deepcopy(new), now)

    def _send(
        self, account: str, region: str, name: str, keys: tuple[str, str], new: Any, at: float
    ) -> None:
        def arrive() -> None:
            with request_scope(account, region), dynamodb._lock:
                self._apply(region, name, keys, new, at)

        self.link.send(arrive)

    def _apply(self, region: str, name: str, keys: tuple[str, str], new: Any, at: float) -> None:
        """Write what came from another region, unless something later is there."""
        table = dynamodb._tables.get(name)
        if table is None or self._written.get((region, name, *keys), 0) > at:
            return
        self._written[region, name, *keys] = at
        old = table["items"].get(keys[0], {}).get(keys[1])
        if new is not None:
            dynamodb._set_item(table, *keys, new)
        elif old is not None:
            dynamodb._remove_item(table, *keys)
        else:
            return
        kind = "REMOVE" if new is None else "MODIFY" if old else "INSERT"
        dynamodb._emit_stream_event(name, kind, old, copy.deepcopy(new), replicate=False)


def _find_keys(table: Any, item: Any) -> tuple[str, str]:
    extract, sort_name = dynamodb._extract_key_val, table["sk_name"]
    sort_key = extract(item.get(sort_name)) if sort_name else NO_SORT_KEY
    return extract(item.get(table["pk_name"])), sort_key


def delay_copies(link: Link) -> None:
    """Let copies of pictures, and of their deletions, arrive later."""
    copy_object, copy_deletion = s3._maybe_replicate, s3._maybe_replicate_delete_marker

    def copy_later(bucket: str, key: str, stored: Any, data: Any, tags: Any = None) -> None:
        if s3._replication_rule_for(bucket, key, tags)[0] is None:
            return
        stored["replication_status"] = "PENDING"
        account, region = get_account_id(), get_region()
        # When ministack has written the bytes to the disk, `stored` has them no more.
        now = copy.deepcopy(stored)

        def arrive() -> None:
            with request_scope(account, region):
                copy_object(bucket, key, now, data, tags)
            stored["replication_status"] = now["replication_status"]

        link.send(arrive)

    def copy_deletion_later(bucket: str, key: str) -> None:
        if s3._replication_rule_for(bucket, key, None)[0] is None:
            return
        account, region = get_account_id(), get_region()

        def arrive() -> None:
            with request_scope(account, region):
                copy_deletion(bucket, key)

        link.send(arrive)

    s3._maybe_replicate = copy_later
    s3._maybe_replicate_delete_marker = copy_deletion_later


def serve_page_of_either(link: Link, regions: Regions) -> None:
    """Read the page from the second region while the first is away, as an origin group does."""
    serve = cloudfront._serve_s3_origin

    def serve_either(origin: Any, *request: Any) -> Any:
        if regions.first in link.away and regions.find_owner(origin["s3_bucket"]) == regions.first:
            origin = {**origin, "s3_bucket": f"{origin['s3_bucket']}-{regions.second}"}
        return serve(origin, *request)

    cloudfront._serve_s3_origin = serve_either


def pause_readers(link: Link, streams: Any) -> None:
    """Let nobody read queues and streams of a region that is away. ministack would go on.

    Args:
        streams: The module of the repairs of streams.
    """
    look, iterate = streams.look, lambda_svc._iter_all_esms

    def look_unless_away(uuid: str) -> bool:
        for _, region, mapping in streams.iterate_mappings():
            if mapping["UUID"] == uuid and region in link.away:
                return False
        return bool(look(uuid))

    def iterate_present() -> Iterator[Any]:
        for account, region, mapping in iterate():
            if region not in link.away or streams.is_stream(mapping):
                yield account, region, mapping

    streams.look = look_unless_away
    lambda_svc._iter_all_esms = iterate_present


def close_sockets(regions: Regions, region: str) -> None:
    """Close the sockets of a region."""
    for connection in list(apigateway._ws_connections.values()):
        if regions.find_owner(connection["apiId"]) == region:
            connection["close_event"].set()


def has_file(buckets: list[str], key: str, account: str) -> bool:
    """Whether a file is in one of the buckets."""
    found = (s3._buckets.get_scoped(account, None, name) for name in buckets)
    return any(key in bucket["objects"] for bucket in found if bucket)
