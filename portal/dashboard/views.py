"""The pages Time, one alarm, and the acknowledgement of an alarm."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse

from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.forms import ReasonForm
from portal.actions.models import AuditEntry
from portal.dashboard.alarms import (
    ACKNOWLEDGE,
    Alarm,
    find_alarm,
    get_target,
    read_alarms,
    read_history,
)
from portal.dashboard.history import read_history as read_metrics
from portal.dashboard.objectives import read_objectives
from portal.dashboard.ranges import DEFAULT, RANGES, Range, find_range
from portal.dashboard.time_charts import build_budget_chart, build_charts
from portal.remote.admin import Context
from portal.remote.attempts import attempt
from portal.remote.changelist import LONGEST_VALUE

MAY_ACKNOWLEDGE = "dashboard.acknowledge_alarm"
ACTIONS_SHOWN = 20


def time_view(request: HttpRequest) -> HttpResponse:
    """The charts over one of four ranges, the error budgets and the alarms."""
    span = _read_range(request)
    history = attempt(lambda: read_metrics(span))
    objectives = attempt(read_objectives)
    context: Context = {
        **admin.site.each_context(request),
        "title": "Time",
        "ranges": RANGES,
        "chosen": span,
        "history": history,
        "charts": build_charts(history.value) if history.value else [],
        "objectives": objectives,
        "budget": build_budget_chart(objectives.value or []),
        "alarms": attempt(read_alarms),
    }
    return TemplateResponse(request, "admin/dashboard/time.html", context)


def alarm_view(request: HttpRequest, name: str) -> HttpResponse:
    """What an alarm means, since when it is on, its history and who acted on it."""
    alarm = _get_alarm(name)
    entries = AuditEntry.objects.filter(target=get_target(name))
    context: Context = {
        **admin.site.each_context(request),
        "title": f"Alarm {alarm.name}",
        "alarm": alarm,
        "history": attempt(lambda: read_history(name)),
        "actions": attempt(lambda: list(entries[:ACTIONS_SHOWN])),
        "may_acknowledge": request.user.has_perm(MAY_ACKNOWLEDGE),
    }
    return TemplateResponse(request, "admin/dashboard/alarm.html", context)


def acknowledge_view(request: HttpRequest, name: str) -> HttpResponse:
    """Ask for a note, and keep it in the audit log: that entry is the acknowledgement."""
    if not request.user.has_perm(MAY_ACKNOWLEDGE):
        raise PermissionDenied
    alarm = _get_alarm(name)
    back = reverse("admin:dashboard_alarm", args=[name])
    if not alarm.is_on:
        messages.warning(request, "The alarm is over, so there is nothing to acknowledge.")
        return redirect(back)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].label = "Note"
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["reason"]
        audit.record(get_operator(request), ACKNOWLEDGE, get_target(name), alarm.reason, note)
        messages.success(request, "Acknowledged. Everybody sees your note beside the alarm.")
        return redirect(back)
    context: Context = {
        **admin.site.each_context(request),
        "title": f"Acknowledge {alarm.name}?",
        "operation": {
            "label": ACKNOWLEDGE,
            "icon": "front_hand",
            "explanation": "Others see that you look after this alarm, and your note. The alarm "
            "stays on until its cause is gone. The next time that it comes on, it is new.",
        },
        "form": form,
        "back_url": back,
    }
    return TemplateResponse(request, "admin/actions/confirm.html", context)


def _read_range(request: HttpRequest) -> Range:
    name = request.GET.get("range", DEFAULT.name)
    span = find_range(name)
    if span is None or set(request.GET) - {"range"}:
        raise BadRequest(f"Choose one of these ranges: {', '.join(one.name for one in RANGES)}.")
    return span


def _get_alarm(name: str) -> Alarm:
    alarm = find_alarm(name) if len(name) <= LONGEST_VALUE else None
    if alarm is None:
        raise Http404("There is no such alarm. It may have been deleted.")
    return alarm
