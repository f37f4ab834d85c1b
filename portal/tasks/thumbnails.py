"""Thumbnails in lists of tasks: only after the operator asks, and each shown page is audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme

from pipeline.core.tasks.version_ids import get_user_id
from portal.access.models import get_operator
from portal.actions import audit
from portal.remote.attempts import attempt
from portal.tasks.models import Task

CHOICE = "thumbnails"
"""Key of the operator's choice in the session."""

LOOK = "Look at thumbnails"
TARGET = "tasks.task/*"


def are_shown(request: HttpRequest) -> bool:
    """Whether this operator asked for thumbnails since the sign-in."""
    return bool(request.session.get(CHOICE))


def choose(request: HttpRequest) -> HttpResponse:
    """Remember whether to show thumbnails, and go back to the page that asked."""
    request.session[CHOICE] = request.POST.get("show") == "yes"
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, request.is_secure())
    return redirect(back if is_ours else reverse("admin:tasks_task_changelist"))


def sign(request: HttpRequest, tasks: Sequence[Task]) -> None:
    """Give the tasks of a page the addresses of their thumbnails, after auditing the look.

    What an operator sees of their own tasks is not audited.
    """
    seen = [task for task in tasks if task.extra.thumbnail_key]
    operator = get_operator(request)
    others = [task.pk for task in seen if get_user_id(task.owner_id) != operator.pk]
    if others:
        number = f"{len(others)} task{'s' if len(others) > 1 else ''}"
        detail = f"Looked at thumbnails of {number}"
        entry = attempt(lambda: audit.record(operator, LOOK, TARGET, detail, things=others))
        if entry.error:
            problem = "Thumbnails are not shown, because the audit log does not answer"
            messages.error(request, f"{problem}: {entry.error}")
            return
    for task in seen:
        url = default_storage.url(task.extra.thumbnail_key)
        task.extra = replace(task.extra, thumbnail_url=url)


def draw(task: Task) -> str:
    """The thumbnail of a row, or a neutral icon. The original is never shown here."""
    if task.extra.thumbnail_url:
        return format_html(
            '<img class="thumbnail" src="{}" alt="" data-icon="hide_image">',
            task.extra.thumbnail_url,
        )
    return format_html(
        '<span class="thumbnail material-symbols-outlined" title="{}" aria-hidden="true">{}</span>',
        "No thumbnail",
        "hide_image",
    )
