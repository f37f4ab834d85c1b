"""Operators sign in with an authenticator app. Attempts add rows to build/access.json."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import cv2
import httpx
import numpy as np
import pyotp
import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import Browser, Page, expect

from infra.local.clients import Clients
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import HOST
from infra.local.processes import Roster
from infra.local.resources.portal import TABLES
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import PATIENCE_SECONDS, wait_until
from tests.e2e.portal.conftest import SignIn, look, submit
from tests.e2e.spa.browser import PAGE_MS

PASSWORD = "correct horse battery staple"
KIND = "second factor"


class StrictPortal:
    """Another portal of the same system. It asks for the second factor, as on AWS."""

    def __init__(self, layout: Layout, listener: socket.socket) -> None:
        [running] = [
            process for entry, process in Roster(layout).find_living() if entry.name == "portal"
        ]
        self._listener = listener
        self.url = f"http://{HOST}:{listener.getsockname()[1]}"
        self._environment = {
            **running.environ(),
            "PORTAL_URL": self.url,
            "SECOND_FACTOR_REQUIRED": "true",
        }
        self._process = self._start()

    def kill_and_start(self) -> None:
        """Replace the process, as if it had died."""
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)
        self._process = self._start()

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE_SECONDS)

    def _start(self) -> subprocess.Popen[bytes]:
        descriptor = self._listener.fileno()
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.portal", str(descriptor)],
            env=self._environment,
            cwd=REPOSITORY,
            pass_fds=[descriptor],
        )
        wait_until(lambda: process.poll() is not None or answers(self.url))
        return process


@pytest.fixture(scope="module")
def portal(layout: Layout) -> Iterator[StrictPortal]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        portal = StrictPortal(layout, listener)
        yield portal
        portal.stop()


@pytest.fixture
def strict_portal(portal: StrictPortal) -> str:
    """The address of the portal that asks for the second factor."""
    return portal.url


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/login/", timeout=PATIENCE_SECONDS).is_success
    except httpx.TransportError:
        return False


@pytest.fixture
def name(root: Clients) -> str:
    """A new local account of an operator."""
    name = f"operator-{uuid4()}"
    item: Any = {
        "username": {"S": name},
        "password": {"S": PBKDF2PasswordHasher().encode(PASSWORD, "salt")},
        "groups": {"L": [{"S": "operator"}]},
    }
    root.dynamodb.put_item(TableName=TABLES["OPERATORS_TABLE"], Item=item)
    return name


class Visitor:
    """Somebody at the portal who has the operator's password."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._http = httpx.Client(timeout=PATIENCE_SECONDS, headers={"Origin": url})
        form = {"username": name, "password": PASSWORD, "next": "/"}
        assert self._send("/login/", form).status_code == 302

    def give(self, code: str) -> bool:
        """Enter a code and tell whether the portal is open now."""
        self._send("/second-factor/", {"code": code})
        return self.is_in()

    def is_in(self) -> bool:
        return self._http.get(f"{self._url}/tasks/task/").status_code == 200

    def _send(self, path: str, form: dict[str, str]) -> httpx.Response:
        page = self._http.get(f"{self._url}{path}")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
        assert token is not None
        return self._http.post(f"{self._url}{path}", data={**form, "csrfmiddlewaretoken": token[1]})


@pytest.fixture
def window(browser: Browser, strict_portal: str, name: str) -> Iterator[Page]:
    """A window after the operator gave the password."""
    context = browser.new_context(base_url=strict_portal, viewport={"width": 1440, "height": 950})
    context.set_default_timeout(PAGE_MS)
    page = context.new_page()
    page.goto("/tasks/task/")
    page.get_by_text("Cognito is down").click()
    page.get_by_label("Local name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    submit(page, page.get_by_role("button", name="Sign in with the local password"))
    yield page
    context.close()


def scan(page: Page) -> str:
    """Read the key from the QR code, as a phone does."""
    picture = page.get_by_role("img", name="QR code of your key").screenshot()
    decoded = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    address, *_ = cv2.QRCodeDetector().detectAndDecode(decoded)
    assert address.startswith("otpauth://totp/Spotter"), address
    return parse_qs(urlsplit(address).query)["secret"][0]


def show_code(key: str, step: int = 0) -> str:
    """The code of the app: of now, or of the next 30 seconds with `step` 1."""
    return pyotp.TOTP(key).at(datetime.now(UTC) + step * timedelta(seconds=30))


def look_at_all_sizes(page: Page, title: str) -> None:
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.reload()  # The portal reads the scheme when it loads
        for width in (1440, 390):
            page.set_viewport_size({"width": width, "height": 950})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 1
            look(page, f"{title}-{scheme}-{width}", colours_only=scheme == "dark")


def test_an_operator_sets_up_a_phone_and_an_admin_resets_it(
    window: Page, strict_portal: str, name: str, sign_in_to_portal: SignIn, attempts: Attempts
) -> None:
    look_at_all_sizes(window, "second-factor-set-up")
    key = scan(window)
    window.get_by_label("Code", exact=True).fill("000000")
    submit(window, window.get_by_role("button", name="Continue"))
    expect(window.get_by_role("alert")).to_contain_text("This code is wrong")
    window.get_by_label("Code", exact=True).fill(show_code(key))
    submit(window, window.get_by_role("button", name="Continue"))
    expect(window.get_by_role("heading", name="Tasks").first).to_be_visible()

    admin = sign_in_to_portal("admin")
    admin.goto(f"/operators/operator/{name}/change/")
    look(admin, "operator")
    admin.get_by_role("link", name="Reset second factor").click()
    admin.get_by_label("Reason").fill("The phone is lost")
    submit(admin, admin.locator("form.confirm button[type=submit]"))
    expect(admin.get_by_text("Second factor reset")).to_be_visible()

    window.goto("/tasks/task/")
    expect(window.get_by_text("signed out by an administrator")).to_be_visible()
    is_open = Visitor(strict_portal, name).give(show_code(key, 1))
    answer = "let in" if is_open else "must set up a new app"
    attempts.note(KIND, "a code of a phone that an admin reset", answer, is_open=is_open)
    assert not is_open


@pytest.fixture
def key(window: Page) -> str:
    """The key of the operator's phone, which is set up."""
    key = scan(window)
    window.get_by_label("Code", exact=True).fill(show_code(key))
    submit(window, window.get_by_role("button", name="Continue"))
    return key


def test_a_stolen_password_opens_nothing(
    key: str, strict_portal: str, name: str, attempts: Attempts
) -> None:
    used, unused = show_code(key), show_code(key, 1)
    thief = Visitor(strict_portal, name)
    tried = {
        "no code: another address after the password": thief.is_in(),
        "a wrong code": thief.give("000000"),
        "a code that was used": thief.give(used),
    }

    operator = Visitor(strict_portal, name).give(unused)
    tried["the code of another sign-in"] = thief.give(unused)

    for attempt, is_open in tried.items():
        attempts.note(KIND, attempt, "let in" if is_open else "asked again", is_open=is_open)
    assert operator
    assert not any(tried.values())


def test_wrong_codes_at_the_same_time_lock_until_after_a_restart(
    key: str, portal: StrictPortal, name: str, attempts: Attempts
) -> None:
    thieves = [Visitor(portal.url, name) for _ in range(8)]

    with ThreadPoolExecutor(len(thieves)) as pool:
        opened = any(pool.map(lambda thief: thief.give("000000"), thieves))
    opened |= thieves[0].give(show_code(key, 1))
    portal.kill_and_start()
    opened_after = thieves[0].give(show_code(key, 1))

    for attempt, is_open in (
        ("8 wrong codes at once, then the right one", opened),
        ("the right code after a lock, when the portal was killed and started", opened_after),
    ):
        answer = "let in" if is_open else "locked, also for the right code"
        attempts.note(KIND, attempt, answer, is_open=is_open)
    assert (opened, opened_after) == (False, False)
