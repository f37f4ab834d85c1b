"""The way back to a list as it was: with its search, its filters and its page."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

BACK = "_changelist_filters"
"""Django's own parameter: its lists add it to the links of their rows."""

LONGEST_QUERY = 2000


def read_back(request: HttpRequest) -> str:
    """The query of the list that the operator came from; empty if it is not known."""
    text = request.GET.get(BACK, "")
    return QueryDict(text).urlencode() if len(text) <= LONGEST_QUERY else ""


def lead_back(list_url: str, request: HttpRequest) -> str:
    """The address of the list that the operator came from."""
    query = read_back(request)
    return f"{list_url}?{query}" if query else list_url


def keep_back(url: str, request: HttpRequest) -> str:
    """The address of another page that also knows the way back."""
    query = read_back(request)
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{urlencode({BACK: query})}"
