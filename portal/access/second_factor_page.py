"""The page that asks for the second factor, and the guard that lets nobody past it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.dispatch import Signal
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from portal.access.models import Operator
from portal.access.second_factor import Answer, build_invitation, confirm, create_key, set_up
from portal.environment import env

logger = logging.getLogger(__name__)

CONFIRMED = "second_factor_confirmed"
NEW_KEY = "second_factor_new_key"
PAGE = "second_factor"

answered = Signal()
"""Sent with `operator` and `detail` after each code that was checked."""

Handler = Callable[[HttpRequest], HttpResponse]


def second_factor_guard(get_response: Handler) -> Handler:
    """Send operators who have not given a code yet to the page that asks for it.

    It guards every address, also new ones. Only the page itself and the sign-out are open.
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, Operator) or is_confirmed(request):
            return get_response(request)
        if request.path in (reverse(PAGE), reverse("admin:logout")):
            return get_response(request)
        way_back = request.get_full_path() if request.method == "GET" else reverse("admin:index")
        return redirect(f"{reverse(PAGE)}?{urlencode({'next': way_back})}")

    return handle


def is_confirmed(request: HttpRequest) -> bool:
    """Whether this session has given a code, or needs none."""
    return not env.second_factor_required or CONFIRMED in request.session


class CodeForm(forms.Form):
    """Six digits. Some apps show them in two groups."""

    code = forms.CharField(max_length=20)

    def clean_code(self) -> str:
        return "".join(self.cleaned_data["code"].split())


@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for a code. At the first sign-in, let the operator set up an authenticator app."""
    operator = request.user
    if not isinstance(operator, Operator) or is_confirmed(request):
        return _go_on(request)
    if request.method != "POST":
        return _ask(request, operator)
    form = CodeForm(request.POST)
    if not operator.source.factor_key and NEW_KEY not in request.session:
        return _ask(request, operator)  # The page is older than the reset of the key
    answer = _check(request, operator, form.cleaned_data["code"]) if form.is_valid() else None
    return _go_on(request) if answer is Answer.ACCEPTED else _ask(request, operator, answer)


def _check(request: HttpRequest, operator: Operator, code: str) -> Answer:
    is_new = not operator.source.factor_key
    if is_new:
        answer = set_up(operator.source, request.session[NEW_KEY], code)
    else:
        answer = confirm(operator.source, code)
    if answer is Answer.ACCEPTED:
        # Whoever saw the session's key before the code has no use of it.
        request.session.cycle_key()
        request.session[CONFIRMED] = True
        request.session.pop(NEW_KEY, None)
    if answer is Answer.WRONG:
        # An alarm counts lines with "Sign-in refused" and "wrong"
        logger.warning("Sign-in refused: wrong code of %s", operator.pk)
    if answer is Answer.LOCKED:
        # Not audited: the tries are not limited, and the log would grow with each.
        logger.warning("Sign-in refused: too many wrong codes of %s", operator.pk)
    else:
        detail = "Set up" if is_new and answer is Answer.ACCEPTED else answer.value
        answered.send(Operator, operator=operator, detail=detail)
    return answer


def _ask(request: HttpRequest, operator: Operator, answer: Answer | None = None) -> HttpResponse:
    invitation = None
    if not operator.source.factor_key:
        key = request.session.setdefault(NEW_KEY, create_key())
        invitation = build_invitation(operator, key)
    context = {
        **admin.site.each_context(request),
        "operator": operator,
        "invitation": invitation,
        "answer": answer,
        "is_refused": request.method == "POST",
        "is_locked": answer is Answer.LOCKED,
        "is_unreadable": answer is Answer.UNREADABLE,
        "next": _find_way_back(request),
        "environment_name": env.environment_name,
    }
    return TemplateResponse(request, "admin/second_factor.html", context)


def _go_on(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(_find_way_back(request))


def _find_way_back(request: HttpRequest) -> str:
    """The page that the operator wanted; never one of another site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {env.host}, require_https=env.is_https)
    return wanted if is_ours else reverse("admin:index")
