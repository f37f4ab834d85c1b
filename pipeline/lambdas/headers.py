"""The headers that the web page may send and read beyond the usual ones of browsers."""

ALLOWED_HEADERS = ["Idempotency-Key", "If-None-Match", "Prefer"]
"""Headers of requests."""

EXPOSED_HEADERS = [
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "Preference-Applied",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
]
"""Headers of answers."""
