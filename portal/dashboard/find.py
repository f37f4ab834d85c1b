"""One box that finds a task, a person, a file or an error. Each kind of text has a bounded read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from urllib.parse import urlencode

from django.urls import reverse
from unfold.dataclasses import SearchResult

from pipeline.core.errors import PermanentError, PipelineError
from pipeline.core.tasks.record import find_task
from portal.access.accounts import Account, build_condition, find_owner, list_accounts
from portal.access.models import Operator
from portal.remote.attempts import attempt
from portal.tasks.models import Task

SHOWN = 5
SHORTEST = 3
"""Shorter texts match nearly everything."""

LONGEST = 200
FILE_READS = 2000
"""Newest tasks that are looked through for a file name, and as many for an error. The read ends
after the step of 1,000 that reaches it, and each status begins with one."""

ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


def find(operator: Operator, text: str) -> list[SearchResult]:
    """What the text may mean, the surest first; only what the operator may see."""
    if not SHORTEST <= len(text) <= LONGEST:
        return []
    if ID.fullmatch(text.lower()):
        return [*_find_task(operator, text.lower()), *_find_owner(operator, text.lower())]
    if "@" in text:
        return list(_find_people(operator, text))
    searches = (_find_errors, _find_people, _find_files)
    with ThreadPoolExecutor(len(searches)) as pool:
        found = pool.map(lambda search: list(search(operator, text)), searches)
    return [result for results in found for result in results]


def _find_task(operator: Operator, task_id: str) -> Iterator[SearchResult]:
    if not operator.has_perm("tasks.view_task"):
        return
    task = attempt(lambda: find_task(task_id)).value
    if task:
        link = reverse("admin:tasks_task_change", args=[task_id])
        yield SearchResult(f"Task {task_id}", task.status.replace("_", " "), link, "photo_library")


def _find_owner(operator: Operator, owner_id: str) -> Iterator[SearchResult]:
    account = attempt(lambda: find_owner(owner_id)).value
    yield from _describe_people(operator, [account] if account else [])


def _find_people(operator: Operator, text: str) -> Iterator[SearchResult]:
    """Accounts whose address begins with the text, in the case given or in lower case."""
    found: dict[str, Account] = {}
    for spelling in dict.fromkeys((text, text.lower())):
        condition = build_condition("email", "^=", spelling)
        answer = attempt(partial(list_accounts, SHOWN, condition=condition)).value
        found.update({account.owner_id: account for account in (answer[0] if answer else ())})
    yield from _describe_people(operator, list(found.values())[:SHOWN])


def _describe_people(operator: Operator, accounts: Iterable[Account]) -> Iterator[SearchResult]:
    for account in accounts:
        name = account.email or account.username
        if operator.has_perm("users.view_user"):
            link = reverse("admin:users_user_change", args=[account.username])
            yield SearchResult(name, "user", link, "person")
        if operator.has_perm("tasks.view_task"):
            yield SearchResult(
                f"Tasks of {name}", "newest first", _list_tasks(q=account.owner_id), "photo_library"
            )


def _find_errors(operator: Operator, text: str) -> Iterator[SearchResult]:
    if not operator.has_perm("tasks.view_task"):
        return
    wanted = text.lower().replace(" ", "_")
    for code in sorted(_list_codes(PermanentError)):
        if wanted in code:
            words = code.replace("_", " ")
            link = _list_tasks(status="failed", error_code=code)
            yield SearchResult(words, "failed tasks with this error", link, "error")


def _find_files(operator: Operator, text: str) -> Iterator[SearchResult]:
    """The newest tasks whose file name or last error contains the text, letter by letter."""
    if not operator.has_perm("tasks.view_task"):
        return
    for field, icon in (("file_name", "image"), ("last_error", "error")):
        for task in _read_tasks(field, text):
            link = reverse("admin:tasks_task_change", args=[task.pk])
            when = f"{task.get_status_display()}, {task.created_at:%d %b %H:%M} UTC"
            yield SearchResult(getattr(task, field), f"task {task.pk[:8]}, {when}", link, icon)


def _read_tasks(field: str, text: str) -> Sequence[Task]:
    tasks = Task.objects.filter(**{f"{field}__contains": text})
    tasks.READ_LIMIT = FILE_READS
    page = attempt(lambda: tasks.page(SHOWN)).value
    return page.rows if page else ()


def _list_tasks(**query: str) -> str:
    return f"{reverse('admin:tasks_task_changelist')}?{urlencode(query)}"


def _list_codes(base: type[PipelineError]) -> set[str]:
    codes = {kind.code for kind in base.__subclasses__()}
    return codes.union(*(_list_codes(kind) for kind in base.__subclasses__()))
