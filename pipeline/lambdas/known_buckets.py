"""What this process remembers of users' limits, so that it writes right at the first try.

A token bucket that is full and one in use take different writes. Who sends several pictures in a
row is mostly served by one process. A wrong guess costs one more write.
"""

MOST = 10_000

_full_at: dict[str, float] = {}


def remember(bucket_id: str, full_at: float) -> None:
    """Note when a bucket will be full again, in seconds since 1970."""
    if len(_full_at) >= MOST:
        _full_at.clear()
    _full_at[bucket_id] = full_at


def is_in_use(bucket_id: str, moment: float) -> bool:
    """Whether the bucket is not full then, as far as this process knows."""
    return _full_at.get(bucket_id, 0.0) > moment
