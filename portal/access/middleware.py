"""Ends sessions that must not continue, and tells browsers what pages may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import redirect_to_login
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from portal.access.cognito import refresh
from portal.access.models import Operator
from portal.access.second_factor_page import CONFIRMED
from portal.environment import env

IDLE_TIMEOUT = timedelta(minutes=30)
SEEN_INTERVAL = timedelta(minutes=1)
"""How often activity is stored, so that not every click writes to the table."""
CHECK_INTERVAL = timedelta(minutes=5)
"""How long a right that was removed in Cognito may still work here."""

STARTED, SEEN = "started_at", "seen_at"
BACKGROUND_HEADER = "X-Background"
"""Pages that refresh themselves send it, so that they do not keep a session alive."""

Handler = Callable[[HttpRequest], HttpResponse]


def session_guard(get_response: Handler) -> Handler:
    """Sign out an operator who was idle too long, was signed out elsewhere or lost the group."""

    def handle(request: HttpRequest) -> HttpResponse:
        user = request.user
        if isinstance(user, Operator):
            problem = _find_problem(request, user)
            if problem:
                auth.logout(request)
                messages.warning(request, problem)
                return redirect_to_login(_find_way_back(request), settings.LOGIN_URL)
        return get_response(request)

    return handle


def _find_way_back(request: HttpRequest) -> str:
    """The page to return to after the next sign-in: for a form, the page that held it."""
    if request.method == "GET":
        return request.get_full_path()
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path


def _find_problem(request: HttpRequest, operator: Operator) -> str:
    now = datetime.now(UTC)
    started, seen = (_read_moment(request, name) for name in (STARTED, SEEN))
    if operator.source.signed_out_at and started <= operator.source.signed_out_at:
        return "You were signed out by an administrator."
    if now - seen > IDLE_TIMEOUT:
        return "You were signed out because nothing happened for 30 minutes."
    checked = operator.source.checked_at
    if not operator.is_local and (checked is None or now - checked > CHECK_INTERVAL):
        refresh(operator)
    if not operator.is_staff:
        return "You are not an operator any more."
    if now - seen > SEEN_INTERVAL and BACKGROUND_HEADER not in request.headers:
        request.session[SEEN] = now.isoformat()
    return ""


def _read_moment(request: HttpRequest, name: str) -> datetime:
    value = request.session.get(name)
    return datetime.fromisoformat(value) if value else datetime.min.replace(tzinfo=UTC)


@receiver(user_logged_in)
def begin_session(
    sender: type[Operator], request: HttpRequest, user: Operator, **kwargs: object
) -> None:
    now = datetime.now(UTC).isoformat()
    request.session[STARTED] = request.session[SEEN] = now
    # Each sign-in needs its own code.
    request.session.pop(CONFIRMED, None)


def security_headers(get_response: Handler) -> Handler:
    """Content security policy and the permissions that no page needs.

    Alpine.js, which unfold's menus are written in, evaluates its attributes: hence
    'unsafe-eval'. No inline script runs, and nothing is loaded from anywhere else.
    """
    static = env.static_url if env.static_url.startswith("http") else ""
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'unsafe-eval' {static}",
            f"style-src 'self' 'unsafe-inline' {static}",
            f"font-src 'self' {static}",
            f"img-src 'self' data: {static} {env.images_origin}",
            "connect-src 'self'",
            f"form-action 'self' {env.cognito_domain_url}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers["Content-Security-Policy"] = policy
        response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
        # Pages show people's pictures and addresses: no cache keeps them.
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle
