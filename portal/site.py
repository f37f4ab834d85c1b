"""The admin site: the dashboard is its first page, and only operators can sign in."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from unfold.sites import UnfoldAdminSite

from portal.access.cognito import get_logout_url
from portal.access.models import Operator, get_operator
from portal.actions.models import AuditEntry
from portal.dashboard.cards import build_cards, find_concerns
from portal.dashboard.find import find
from portal.dashboard.snapshot import take_snapshot
from portal.dashboard.views import acknowledge_view, alarm_view, time_view
from portal.environment import env
from portal.remote.admin import Context
from portal.remote.attempts import attempt

View = Callable[..., HttpResponse]

RECENT_ACTIONS = 8
NOT_OURS = {"view_on_site", "autocomplete", "logout"}
"""Django's pages that would need SQL tables, or that another page here replaces."""


class PortalSite(UnfoldAdminSite):
    index_template = "admin/dashboard/page.html"
    login_template = "admin/sign_in.html"
    enable_nav_sidebar = True

    def get_urls(self) -> list[URLResolver | URLPattern]:
        live = self.admin_view(require_GET(self.live_view))
        return [
            path("dashboard/live/", live, name="dashboard_live"),
            path("time/", self._page(time_view, "GET"), name="dashboard_time"),
            path("alarms/<str:name>/", self._page(alarm_view, "GET"), name="dashboard_alarm"),
            path(
                "alarms/<str:name>/acknowledge/",
                self._page(acknowledge_view, "GET", "POST"),
                name="dashboard_acknowledge",
            ),
            path("logout/", require_POST(self.logout), name="logout"),
            *(url for url in super().get_urls() if getattr(url, "name", "") not in NOT_OURS),
        ]

    def _page(self, view: View, *methods: str) -> View:
        """A page for operators that answers these methods only."""
        return self.admin_view(require_http_methods(methods)(view))

    def index(self, request: HttpRequest, extra_context: Context | None = None) -> TemplateResponse:
        context = {**_build_dashboard(), **(extra_context or {}), "title": "Health"}
        return super().index(request, context)

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """The part of the dashboard that refreshes itself."""
        return TemplateResponse(request, "admin/dashboard/live.html", _build_dashboard())

    def search(
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> TemplateResponse | HttpResponse:
        """Answer the box that Ctrl+K opens. unfold's own keeps answers for five minutes."""
        started = time.monotonic()
        found = find(get_operator(request), request.GET.get("s", "").strip())
        pages = Paginator(found, max(len(found), 1))
        context = {
            "results": pages.page(1),
            "page_obj": pages,
            "page_counter": 0,
            "execution_time": time.monotonic() - started,
        }
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            context,
            headers={"HX-Trigger": "search"},
        )

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: Context | None = None
    ) -> HttpResponse:
        """End the session here and at Cognito. Otherwise one click would sign in again."""
        operator = request.user
        is_local = not isinstance(operator, Operator) or operator.is_local
        auth.logout(request)
        return redirect(settings.LOGIN_URL if is_local else get_logout_url())

    def login(self, request: HttpRequest, extra_context: Context | None = None) -> HttpResponse:
        context = {
            "was_refused": "refused" in request.GET,
            "environment_name": env.environment_name,
            **(extra_context or {}),
        }
        return super().login(request, context)


def _build_dashboard() -> Context:
    snapshot = take_snapshot()
    cards = build_cards(snapshot)
    return {
        "snapshot": snapshot,
        "cards": cards,
        "concerns": find_concerns(snapshot, cards),
        "recent": attempt(lambda: list(AuditEntry.objects.all()[:RECENT_ACTIONS])),
    }


def get_badge(request: HttpRequest) -> tuple[str, str]:
    """The name of the environment, red for production."""
    colours = {"prod": "danger", "dev": "warning"}
    return env.environment_name, colours.get(env.environment_name, "info")
