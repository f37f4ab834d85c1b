"""Stores the small copies of a picture beside it, before its result."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pipeline.core.storage import ImageStore, build_preview_key, build_thumbnail_key
from pipeline.worker.vision.preview import SmallCopies

logger = logging.getLogger(__name__)

CONTENT_TYPE = "image/jpeg"


@dataclass(frozen=True)
class StoredCopies:
    """Which copies of a picture are in storage."""

    has_preview: bool
    has_thumbnail: bool


def store_copies(store: ImageStore, image_key: str, copies: SmallCopies) -> StoredCopies:
    """Store the copies. Never raises, because a result without them is better than none.

    A repeat writes the same keys, so a crash before the result leaves nothing behind.
    """
    return StoredCopies(
        has_preview=_store(store, build_preview_key(image_key), copies.preview),
        has_thumbnail=_store(store, build_thumbnail_key(image_key), copies.thumbnail),
    )


def delete_copies(store: ImageStore, image_key: str) -> None:
    """Delete the copies of a picture whose task has been deleted. Never raises."""
    try:
        store.delete(build_preview_key(image_key))
        store.delete(build_thumbnail_key(image_key))
    except Exception:
        logger.warning("Copies not deleted: the sweep finds them in two hours", exc_info=True)


def _store(store: ImageStore, key: str, data: bytes | None) -> bool:
    if data is None:
        return False
    try:
        store.put(key, data, CONTENT_TYPE)
    except Exception:
        logger.warning("Copy not stored: the page shows the picture itself", exc_info=True)
        return False
    return True
